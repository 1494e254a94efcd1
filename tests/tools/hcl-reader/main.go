// Command hcl-reader reads HCL with HashiCorp's own parser and prints JSON.
//
//	hcl-reader strings FILE        every top-level attribute and every local, evaluated to text
//	hcl-reader blocks FILE...      every block: type, labels, attributes, nested blocks
//
// The first form proves escaping: what went through the project's filter must come back as it
// was. The second lets Python hold a rendered file against the provider's schema.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func main() {
	result, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "hcl-reader:", err)
		os.Exit(1)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(result); err != nil {
		fmt.Fprintln(os.Stderr, "hcl-reader:", err)
		os.Exit(1)
	}
}

func run(args []string) (any, error) {
	switch {
	case len(args) == 2 && args[0] == "strings":
		return readStrings(args[1])
	case len(args) > 1 && args[0] == "blocks":
		return readFiles(args[1:])
	}
	return nil, fmt.Errorf("usage: hcl-reader strings FILE | hcl-reader blocks FILE...")
}

func parse(path string) (*hclsyntax.Body, []byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	file, problems := hclsyntax.ParseConfig(text, path, hcl.InitialPos)
	if problems.HasErrors() {
		return nil, nil, problems
	}
	return file.Body.(*hclsyntax.Body), text, nil
}

func readFiles(paths []string) (map[string]any, error) {
	files := map[string]any{}
	for _, path := range paths {
		body, text, err := parse(path)
		if err != nil {
			return nil, err
		}
		files[path] = readBody(body, text)
	}
	return files, nil
}
