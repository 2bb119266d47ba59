// Asks by clickhouse-go over HTTP, as Grafana's data source does: `ask HOST:PORT < QUESTIONS`.
//
// QUESTIONS is an array of statements in JSON. For each way of compression and each statement a
// line of JSON: its columns, how many rows it has, or the error.
package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

type answer struct {
	Way     string   `json:"way"`
	Columns []string `json:"columns"`
	Rows    int      `json:"rows"`
	Error   string   `json:"error"`
}

func main() {
	var questions []string
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	out := json.NewEncoder(os.Stdout)
	for _, way := range []clickhouse.CompressionMethod{
		clickhouse.CompressionGZIP, // the data source's own
		clickhouse.CompressionNone,
		clickhouse.CompressionLZ4,
		clickhouse.CompressionZSTD,
	} {
		for i, question := range questions {
			if way != clickhouse.CompressionGZIP && i%10 != 0 {
				continue // the ways differ in how bytes travel, not in what is asked
			}
			found := ask(os.Args[1], way, question)
			found.Way = way.String()
			if err := out.Encode(found); err != nil {
				panic(err)
			}
		}
	}
}

func ask(address string, way clickhouse.CompressionMethod, question string) (found answer) {
	db := clickhouse.OpenDB(&clickhouse.Options{
		Protocol:    clickhouse.HTTP,
		Addr:        []string{address},
		Auth:        clickhouse.Auth{Database: "cjm", Username: "grafana", Password: "any"},
		Settings:    clickhouse.Settings{"max_execution_time": 60},
		Compression: &clickhouse.Compression{Method: way},
		DialTimeout: 10 * time.Second,
		ReadTimeout: 60 * time.Second,
	})
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), question)
	if err != nil {
		found.Error = err.Error()
		return found
	}
	defer rows.Close()
	if found.Columns, err = rows.Columns(); err != nil {
		found.Error = err.Error()
		return found
	}
	values := make([]any, len(found.Columns))
	places := make([]any, len(values))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			found.Error = err.Error()
			return found
		}
		found.Rows++
	}
	if err := rows.Err(); err != nil {
		found.Error = err.Error()
	}
	return found
}
