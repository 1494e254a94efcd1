package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// fact holds what a schema dump does not say of an argument.
type fact struct {
	ForceNew bool `json:"force_new"`
	Default  any  `json:"default"`
}

// factTable finds a fact by its path, such as "vsphere_zone.name" or "data.vsphere_network.retry_timeout".
type factTable map[string]fact

//go:embed facts.json
var factsText []byte

func loadFacts() (factTable, error) {
	table := factTable{}
	if err := json.Unmarshal(factsText, &table); err != nil {
		return nil, fmt.Errorf("facts.json: %w", err)
	}
	for path, each := range table {
		// JSON has one kind of number; the arguments that have a default are whole.
		if number, ok := each.Default.(float64); ok {
			each.Default = int(number)
			table[path] = each
		}
	}
	return table, nil
}
