package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// configSpecFault reads the spec as vm-operator does, into the types of the vim API, and writes
// it out again. What did not survive is a key, a type name or a value that the API does not have:
// the library's own strict mode cannot be used together with type names.
func configSpecFault(spec any) error {
	text, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	var read types.VirtualMachineConfigSpec
	if err := types.NewJSONDecoder(bytes.NewReader(text)).Decode(&read); err != nil {
		return err
	}
	var written bytes.Buffer
	if err := types.NewJSONEncoder(&written).Encode(read); err != nil {
		return err
	}
	var back any
	if err := json.Unmarshal(written.Bytes(), &back); err != nil {
		return err
	}
	if lost := lostIn("config_spec", spec, back); len(lost) > 0 {
		slices.Sort(lost)
		return fmt.Errorf("not of the vim API: %s", strings.Join(lost, ", "))
	}
	return nil
}

// lostIn names what was sent and is not there any more.
func lostIn(at string, sent, back any) []string {
	var lost []string
	switch sent := sent.(type) {
	case document:
		kept, _ := back.(document)
		for key, value := range sent {
			if _, ok := kept[key]; ok {
				lost = append(lost, lostIn(at+"."+key, value, kept[key])...)
			} else if !empty(value) {
				lost = append(lost, at+"."+key)
			}
		}
	case []any:
		kept, _ := back.([]any)
		for i, value := range sent {
			if i < len(kept) {
				lost = append(lost, lostIn(fmt.Sprintf("%s[%d]", at, i), value, kept[i])...)
			} else {
				lost = append(lost, fmt.Sprintf("%s[%d]", at, i))
			}
		}
	default:
		if !reflect.DeepEqual(sent, back) {
			lost = append(lost, at)
		}
	}
	return lost
}

// empty is what the encoder leaves out where a key is optional.
func empty(value any) bool {
	switch value := value.(type) {
	case document:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return value == nil || reflect.ValueOf(value).IsZero()
}
