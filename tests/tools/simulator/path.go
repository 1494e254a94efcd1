package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// A path leads through an object as its properties do, and through lists by a selector:
//
//	config.graphicsInfo[pciId=0000:17:00.0].vgpuMode
//	configurationEx.rule[name=apart].enabled     an entry by one of its fields
//	config.sharedPassthruGpuTypes[0]             an entry by its place
//	configurationEx.drsConfig.option[+]          a new entry at the end

var segment = regexp.MustCompile(`^([A-Za-z0-9_]+)(?:\[([^\]]*)\])?$`)

// spot is what a path leads to, and the list that it is in, if it is in one.
type spot struct {
	value reflect.Value
	list  reflect.Value
	place int
	undo  []func()
}

// find walks the path from a pointer to a struct. What it has to make on the way can be undone.
func find(root any, path string) (spot, error) {
	at := spot{value: reflect.ValueOf(root)}
	for _, step := range segments(path) {
		parts := segment.FindStringSubmatch(step)
		if parts == nil {
			return at, fmt.Errorf("%q is no part of a path", step)
		}
		if err := at.open(); err != nil {
			return at, fmt.Errorf("%s: before %s: %w", path, step, err)
		}
		field := at.value.FieldByName(strings.ToUpper(parts[1][:1]) + parts[1][1:])
		if !field.IsValid() {
			return at, fmt.Errorf("%s: %s has no %s", path, at.value.Type(), parts[1])
		}
		at.value, at.list = field, reflect.Value{}
		if strings.Contains(step, "[") {
			if err := at.choose(parts[2]); err != nil {
				return at, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return at, nil
}

// segments splits at the dots that are not inside a selector.
func segments(path string) []string {
	var steps []string
	depth, start := 0, 0
	for i, each := range path {
		switch each {
		case '[':
			depth++
		case ']':
			depth--
		case '.':
			if depth == 0 {
				steps = append(steps, path[start:i])
				start = i + 1
			}
		}
	}
	return append(steps, path[start:])
}

// open goes through interfaces and pointers to the struct, making one where there is none.
func (s *spot) open() error {
	for s.value.Kind() == reflect.Interface || s.value.Kind() == reflect.Pointer {
		if s.value.IsNil() {
			if s.value.Kind() == reflect.Interface {
				return fmt.Errorf("nothing is set, and %s may be several types", s.value.Type())
			}
			field := s.value
			field.Set(reflect.New(field.Type().Elem()))
			s.undo = append(s.undo, func() { field.SetZero() })
		}
		s.value = s.value.Elem()
	}
	if s.value.Kind() != reflect.Struct {
		return fmt.Errorf("%s has no fields", s.value.Type())
	}
	return nil
}

// choose takes one entry of a list.
func (s *spot) choose(selector string) error {
	list := s.value
	if list.Kind() != reflect.Slice {
		return fmt.Errorf("%s is no list", list.Type())
	}
	s.list = list
	if selector == "+" {
		before := reflect.New(list.Type()).Elem()
		before.Set(list)
		s.undo = append(s.undo, func() { list.Set(before) })
		longer := reflect.MakeSlice(list.Type(), 0, list.Len()+1)
		longer = reflect.AppendSlice(longer, list)
		list.Set(reflect.Append(longer, reflect.Zero(list.Type().Elem())))
		s.place = list.Len() - 1
		s.value = list.Index(s.place)
		return nil
	}
	for i := range list.Len() {
		if matches(list.Index(i), i, selector) {
			s.place, s.value = i, list.Index(i)
			return nil
		}
	}
	return fmt.Errorf("no entry [%s] among %d", selector, list.Len())
}

func matches(entry reflect.Value, place int, selector string) bool {
	name, wanted, named := strings.Cut(selector, "=")
	if !named {
		return selector == strconv.Itoa(place)
	}
	for entry.Kind() == reflect.Interface || entry.Kind() == reflect.Pointer {
		entry = entry.Elem()
	}
	if entry.Kind() != reflect.Struct {
		return false
	}
	field := entry.FieldByName(strings.ToUpper(name[:1]) + name[1:])
	return field.IsValid() && fmt.Sprint(reflect.Indirect(field).Interface()) == wanted
}

// cut takes the entry out of its list.
func (s *spot) cut() error {
	if !s.list.IsValid() {
		return fmt.Errorf("only an entry of a list can be cut")
	}
	list := s.list
	before := reflect.New(list.Type()).Elem()
	before.Set(list)
	s.undo = append(s.undo, func() { list.Set(before) })
	shorter := reflect.MakeSlice(list.Type(), 0, list.Len())
	shorter = reflect.AppendSlice(shorter, list.Slice(0, s.place))
	list.Set(reflect.AppendSlice(shorter, list.Slice(s.place+1, list.Len())))
	return nil
}

// set puts a JSON value in place; null empties it. Where the API allows several types the value
// names its own in "_typeName". It returns what was there.
func (s *spot) set(text json.RawMessage) (json.RawMessage, error) {
	old, err := encoded(s.value)
	if err != nil {
		return nil, err
	}
	made := reflect.New(s.value.Type())
	if string(text) != "null" {
		if err := types.NewJSONDecoder(bytes.NewReader(text)).Decode(made.Interface()); err != nil {
			return nil, fmt.Errorf("%s: %w", s.value.Type(), err)
		}
	}
	field, before := s.value, reflect.New(s.value.Type()).Elem()
	before.Set(field)
	s.undo = append(s.undo, func() { field.Set(before) })
	field.Set(made.Elem())
	return old, nil
}

func encoded(value reflect.Value) (json.RawMessage, error) {
	var written bytes.Buffer
	if err := types.NewJSONEncoder(&written).Encode(value.Interface()); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(written.Bytes()), nil
}
