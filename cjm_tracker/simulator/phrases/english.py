"""What customers write in English."""

from __future__ import annotations

PHRASES: dict[str, dict[str, tuple[str, ...]]] = {
    "waiting": {
        "bad": (
            "I waited {minutes} minutes before anyone answered.",
            "{minutes} minutes of music for one simple question is too much.",
            "You simply cannot get through on the phone.",
            "Far too long in the queue.",
        ),
        "good": (
            "The call was answered straight away.",
            "I got through at the first attempt.",
            "Short wait and a clear answer.",
        ),
    },
    "delivery": {
        "bad": (
            "The parcel came {days} days late.",
            "The order status did not change for {days} days.",
            "The courier left the box in the rain.",
            "The delivery date was moved twice without a word.",
        ),
        "good": (
            "Delivered a day early and well packed.",
            "The courier called ahead and was on time.",
            "Fast delivery, everything in one piece.",
        ),
    },
    "staff": {
        "bad": (
            "I had to explain the same problem three times.",
            "The adviser read from a script and could not help.",
            "I was passed from one person to another.",
            "They promised to call back and never did.",
        ),
        "good": (
            "The adviser knew the product inside out.",
            "Everything was explained kindly and patiently.",
            "One call and the problem was solved.",
        ),
    },
    "store": {
        "bad": (
            "There was nobody in the store to ask.",
            "The website said it was in stock, the store did not have it.",
            "A long queue at the till.",
        ),
        "good": (
            "The store found what I needed in no time.",
            "The assistant in the store helped me choose.",
            "A pleasant store where you can try everything.",
        ),
    },
    "price": {
        "bad": (
            "It is cheaper in the shop next door.",
            "The price went up while the item was in my basket.",
            "The coupon did not work on anything I wanted.",
            "Delivery is too expensive for a small order.",
        ),
        "good": (
            "Good price, and the coupon worked.",
            "Better value than anywhere else I looked.",
            "The loyalty discount was a pleasant surprise.",
        ),
    },
    "site_error": {
        "bad": (
            "The payment failed on my phone several times in a row.",
            "The website showed an error at the last step of the checkout.",
            "I could pay only after switching to another browser.",
            "The page froze while I was entering my card details.",
        ),
    },
    "product": {
        "bad": (
            "It stopped working after {days} days.",
            "The manual is useless and the app does not connect.",
            "It looks worse than in the photos.",
            "A part was missing from the box.",
        ),
        "good": (
            "Works exactly as described.",
            "Setting it up took {minutes} minutes, very easy.",
            "Well made, I like it a lot.",
            "It looks even better in the garden than in the photos.",
        ),
    },
    "returns": {
        "bad": (
            "The refund took {days} days.",
            "Too much paperwork to send one item back.",
            "I had to pay for the return myself.",
        ),
        "good": (
            "Sending it back was easier than I expected.",
            "The refund arrived the next day.",
            "The return was accepted without needless questions.",
        ),
    },
    "general": {
        "bad": (
            "I expected more from a shop like this.",
            "I will think twice before ordering again.",
            "Disappointing.",
        ),
        "mixed": (
            "All right on the whole, nothing special.",
            "A good shop, but there is room for improvement.",
            "It worked out in the end.",
            "Average.",
        ),
        "good": (
            "Everything went smoothly.",
            "I will gladly order again.",
            "I liked everything, thank you!",
            "I recommend this shop to all my friends.",
        ),
    },
}

CLOSERS: dict[str, tuple[str, ...]] = {
    "bad": ("Please fix this.", "A pity.", "It should not be like this."),
    "good": ("Thank you!", "Keep it up.", "Many thanks to the whole team."),
}

TITLES = {
    "csat": "How satisfied were you?",
    "nps": "How likely are you to recommend us to a friend?",
    "ces": "The shop made it easy for me to return my purchase.",
    "comment": "What is the main reason for your answer?",
}
