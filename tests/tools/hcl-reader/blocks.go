package main

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type bodyJSON struct {
	Attributes map[string]attributeJSON `json:"attributes"`
	Blocks     []blockJSON              `json:"blocks"`
}

type blockJSON struct {
	Type   string   `json:"type"`
	Labels []string `json:"labels"`
	Line   int      `json:"line"`
	bodyJSON
}

// attributeJSON has a value where the expression stands for itself, and else what it refers to.
type attributeJSON struct {
	Line       int             `json:"line"`
	Source     string          `json:"source"`
	Known      bool            `json:"known"`
	Value      json.RawMessage `json:"value,omitempty"`
	Type       json.RawMessage `json:"type,omitempty"`
	References []string        `json:"references,omitempty"`
	Items      []attributeJSON `json:"items,omitempty"`
}

func readBody(body *hclsyntax.Body, text []byte) bodyJSON {
	read := bodyJSON{Attributes: map[string]attributeJSON{}, Blocks: []blockJSON{}}
	for name, attribute := range body.Attributes {
		read.Attributes[name] = readExpression(attribute.Expr, text)
	}
	for _, block := range body.Blocks {
		labels := block.Labels
		if labels == nil {
			labels = []string{}
		}
		read.Blocks = append(read.Blocks, blockJSON{
			Type:     block.Type,
			Labels:   labels,
			Line:     block.Range().Start.Line,
			bodyJSON: readBody(block.Body, text),
		})
	}
	return read
}

func readExpression(expression hclsyntax.Expression, text []byte) attributeJSON {
	where := expression.Range()
	read := attributeJSON{
		Line:   where.Start.Line,
		Source: string(where.SliceBytes(text)),
	}
	for _, traversal := range expression.Variables() {
		read.References = append(read.References, dotted(traversal))
	}
	// A list of references keeps its items: the items of a list can be typed one by one.
	if tuple, ok := expression.(*hclsyntax.TupleConsExpr); ok && len(read.References) > 0 {
		for _, each := range tuple.Exprs {
			read.Items = append(read.Items, readExpression(each, text))
		}
		return read
	}
	value, problems := expression.Value(nil)
	if problems.HasErrors() || !value.IsWhollyKnown() {
		return read
	}
	read.Known = true
	if content, err := ctyjson.Marshal(value, value.Type()); err == nil {
		read.Value = content
	}
	if kind, err := ctyjson.MarshalType(value.Type()); err == nil {
		read.Type = kind
	}
	return read
}

// dotted writes a traversal as it reads in the source, indexes left out.
func dotted(traversal hcl.Traversal) string {
	var parts []string
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			parts = append(parts, step.Name)
		case hcl.TraverseAttr:
			parts = append(parts, step.Name)
		}
	}
	return strings.Join(parts, ".")
}
