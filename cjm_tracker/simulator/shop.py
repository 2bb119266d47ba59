"""The invented retailer: its name, stores, products and coupons.

Larch & Lumen sells home and garden electronics on the web, by phone and in three stores in
Bulgaria. Nothing here belongs to a real company: domains end in `.example` and article numbers
use the GS1 prefix 200, which is kept for in-house use.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

NAME = "Larch & Lumen"
HOST = "www.larchlumen.example"
CURRENCY = "EUR"
SHOP_TIME = ZoneInfo("Europe/Sofia")

COUPONS = {"WELCOME5": 5, "GARDEN10": 10, "TERRACE15": 15}


@dataclass(frozen=True, slots=True)
class Store:
    number: str
    name: str
    tills: tuple[str, ...]


STORES = (
    Store("101", "Sofia Centre", ("1", "2")),
    Store("201", "Plovdiv", ("1",)),
    Store("301", "Varna", ("1",)),
)


@dataclass(frozen=True, slots=True)
class Product:
    number: int
    name: str
    brand: str
    category: str
    cents: int

    @property
    def sku(self) -> str:
        return f"LL-{self.number}"

    @property
    def price(self) -> float:
        return self.cents / 100

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" & ", " ").replace(" ", "-")

    @property
    def gtin(self) -> str:
        digits = f"200{self.number:09d}"
        weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
        return f"0{digits}{-weighted % 10}"


DEPARTMENTS = {
    "Garden Lighting": 11,
    "Robot Mowers": 12,
    "Irrigation": 13,
    "Heating & Cooling": 21,
    "Smart Home": 22,
    "Power Tools": 31,
    "Outdoor Kitchen": 41,
}

PRODUCTS = (
    Product(1001, "Solar Path Light Set", "Lumenia", "Garden Lighting", 3490),
    Product(1002, "String Lights 20 m", "Lumenia", "Garden Lighting", 2990),
    Product(1003, "Motion Floodlight", "Halovar", "Garden Lighting", 5490),
    Product(1004, "Pond Spotlight", "Halovar", "Garden Lighting", 4290),
    Product(1005, "Terrace Lantern", "Lumenia", "Garden Lighting", 2490),
    Product(1006, "Robot Mower S300", "Mowana", "Robot Mowers", 54900),
    Product(1007, "Robot Mower S800", "Mowana", "Robot Mowers", 109900),
    Product(1008, "Mower Blade Kit", "Mowana", "Robot Mowers", 1990),
    Product(1009, "Mower Garage", "Mowana", "Robot Mowers", 12900),
    Product(1010, "Watering Computer Duo", "Rillo", "Irrigation", 7990),
    Product(1011, "Drip Set Balcony", "Rillo", "Irrigation", 3990),
    Product(1012, "Soil Moisture Sensor", "Rillo", "Irrigation", 2790),
    Product(1013, "Submersible Pump 400", "Rillo", "Irrigation", 8990),
    Product(1014, "Patio Heater 2 kW", "Calorin", "Heating & Cooling", 15900),
    Product(1015, "Tower Fan", "Calorin", "Heating & Cooling", 6990),
    Product(1016, "Portable Air Conditioner", "Calorin", "Heating & Cooling", 37900),
    Product(1017, "Radiator Thermostat", "Nestro", "Heating & Cooling", 4990),
    Product(1018, "Smart Plug Pair", "Nestro", "Smart Home", 2490),
    Product(1019, "Outdoor Camera", "Nestro", "Smart Home", 9990),
    Product(1020, "Video Doorbell", "Nestro", "Smart Home", 12900),
    Product(1021, "Weather Station", "Nestro", "Smart Home", 8490),
    Product(1022, "Smoke Alarm Trio", "Nestro", "Smart Home", 5990),
    Product(1023, "Cordless Drill 18 V", "Torvik", "Power Tools", 11900),
    Product(1024, "Hedge Trimmer", "Torvik", "Power Tools", 13900),
    Product(1025, "Leaf Blower", "Torvik", "Power Tools", 9900),
    Product(1026, "Battery 18 V 4 Ah", "Torvik", "Power Tools", 6900),
    Product(1027, "Pressure Washer 140", "Torvik", "Power Tools", 17900),
    Product(1028, "Electric Grill Table", "Emberly", "Outdoor Kitchen", 21900),
    Product(1029, "Pizza Oven Compact", "Emberly", "Outdoor Kitchen", 32900),
    Product(1030, "Grill Thermometer", "Emberly", "Outdoor Kitchen", 3490),
    Product(1031, "Cool Box 12 V", "Emberly", "Outdoor Kitchen", 9490),
)
