package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// contract is the published schema: names, types and flags, machine-read from the release.
type contract struct {
	Resources   map[string]block `json:"resources"`
	DataSources map[string]block `json:"data_sources"`
}

type block struct {
	Attributes map[string]attribute   `json:"attributes"`
	Blocks     map[string]nestedBlock `json:"block_types"`
}

type attribute struct {
	Type      cty  `json:"type"`
	Required  bool `json:"required"`
	Optional  bool `json:"optional"`
	Computed  bool `json:"computed"`
	Sensitive bool `json:"sensitive"`
}

type nestedBlock struct {
	Block    block  `json:"block"`
	Nesting  string `json:"nesting_mode"`
	MinItems int    `json:"min_items"`
	MaxItems int    `json:"max_items"`
}

// cty is a type in the JSON form of the schema dump: a name, or a list of a kind and its element.
type cty struct {
	Name    string
	Element *cty
	Fields  map[string]cty
}

func (t *cty) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, &t.Name); err == nil {
		return nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if len(parts) != 2 {
		return fmt.Errorf("type %s is not a kind and an element", text)
	}
	if err := json.Unmarshal(parts[0], &t.Name); err != nil {
		return err
	}
	if t.Name == "object" {
		return json.Unmarshal(parts[1], &t.Fields)
	}
	t.Element = new(cty)
	return json.Unmarshal(parts[1], t.Element)
}

// loadContract reads the schema that lies beside the program. The build puts it there.
func loadContract() (*contract, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(filepath.Dir(program), "vsphere-provider.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	published := new(contract)
	if err := json.Unmarshal(text, published); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return published, nil
}
