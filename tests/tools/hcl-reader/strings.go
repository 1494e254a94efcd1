package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// readStrings evaluates without any variable or function: a reference or a call that slipped
// through the escaping is an error here, and so is a value that is no string.
func readStrings(path string) (map[string]string, error) {
	body, _, err := parse(path)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	if err := collect(body.Attributes, found); err != nil {
		return nil, err
	}
	for _, block := range body.Blocks {
		if block.Type != "locals" || len(block.Labels) != 0 {
			return nil, fmt.Errorf("%s: unexpected block %s", block.Range(), block.Type)
		}
		if err := collect(block.Body.Attributes, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func collect(attributes hclsyntax.Attributes, found map[string]string) error {
	for name, attribute := range attributes {
		value, problems := attribute.Expr.Value(nil)
		if problems.HasErrors() {
			return problems
		}
		if value.Type() != cty.String || value.IsNull() || !value.IsKnown() {
			return fmt.Errorf("%s: %s is no string", attribute.Range(), name)
		}
		found[name] = value.AsString()
	}
	return nil
}
