package main

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/hashicorp/terraform-provider-vsphere/vsphere"
)

// widened is the 1.26 provider with everything that the published schema has on top.
func widened(published *contract, facts factTable) *schema.Provider {
	base := vsphere.Provider().(*schema.Provider)
	rest := new(connection)
	configure := base.ConfigureFunc
	base.ConfigureFunc = func(d *schema.ResourceData) (any, error) {
		rest.configure(d)
		return configure(d)
	}
	w := widener{facts}
	own := rest.resources()
	for name, wanted := range published.Resources {
		if existing, ok := base.ResourcesMap[name]; ok {
			settled(existing, w.extend(name, existing.Schema, wanted))
			continue
		}
		made := own[name]
		if made == nil {
			made = keepsState()
		}
		w.complete(name, made, wanted)
		settled(made, made.Schema)
		base.ResourcesMap[name] = made
	}
	ownData := rest.dataSources()
	for name, wanted := range published.DataSources {
		if existing, ok := base.DataSourcesMap[name]; ok {
			w.extend("data."+name, existing.Schema, wanted)
			continue
		}
		made := ownData[name]
		if made == nil {
			made = cannotRead(name)
		}
		w.complete("data."+name, made, wanted)
		base.DataSourcesMap[name] = made
	}
	for _, name := range importable {
		base.ResourcesMap[name].Importer = &schema.ResourceImporter{State: schema.ImportStatePassthrough}
	}
	return base
}

// importable are older resources that 2.16 gave an importer by id.
var importable = []string{"vsphere_role"}

type widener struct{ facts factTable }

// complete gives an added resource its whole schema.
func (w widener) complete(name string, made *schema.Resource, wanted block) {
	made.Schema = w.fields(name, wanted)
	if wait, ok := wanted.Blocks["timeouts"]; ok {
		delete(made.Schema, "timeouts")
		made.Timeouts = timeouts(wait)
	}
	if made.Update != nil && allForceNew(made.Schema) {
		made.Update = nil // the SDK refuses an update that can never run
	}
}

func allForceNew(fields map[string]*schema.Schema) bool {
	for _, field := range fields {
		if !field.ForceNew && (field.Required || field.Optional) {
			return false
		}
	}
	return true
}

// extend adds the arguments that 1.26 lacks, and takes over the flags where they changed.
// It returns what it added at this level.
func (w widener) extend(at string, have map[string]*schema.Schema, wanted block) map[string]*schema.Schema {
	added := map[string]*schema.Schema{}
	for name, made := range w.fields(at, wanted) {
		old, ok := have[name]
		if !ok {
			have[name], added[name] = made, made
			continue
		}
		if made.Type != old.Type {
			continue
		}
		if _, isBlock := wanted.Blocks[name]; isBlock {
			made.Computed = old.Computed // the published form of a block cannot say it
		}
		if old.Required != made.Required || old.Optional != made.Optional || old.Computed != made.Computed {
			old.Required, old.Optional, old.Computed = made.Required, made.Optional, made.Computed
			old.Default = made.Default // the old one may contradict the new flags
			old.DefaultFunc = nil
		}
		if made.MaxItems > 0 {
			old.MaxItems = made.MaxItems
		}
		if nested, ok := wanted.Blocks[name]; ok {
			if inner, ok := old.Elem.(*schema.Resource); ok {
				w.extend(at+"."+name, inner.Schema, nested.Block)
			}
		}
	}
	return added
}

func (w widener) fields(at string, wanted block) map[string]*schema.Schema {
	top := strings.Count(strings.TrimPrefix(at, "data."), ".") == 0
	made := map[string]*schema.Schema{}
	for name, field := range wanted.Attributes {
		if name == "id" && top {
			continue // the SDK adds it to every resource
		}
		one := typed(field.Type, field.Computed && !field.Optional)
		one.Required, one.Optional, one.Computed = field.Required, field.Optional, field.Computed
		one.Sensitive = field.Sensitive
		w.apply(at+"."+name, one)
		made[name] = one
	}
	for name, nested := range wanted.Blocks {
		one := &schema.Schema{
			Type:     schema.TypeList,
			Optional: nested.MinItems == 0,
			Required: nested.MinItems > 0,
			MaxItems: nested.MaxItems,
			Elem:     &schema.Resource{Schema: w.fields(at+"."+name, nested.Block)},
		}
		if nested.Nesting == "set" {
			one.Type = schema.TypeSet
		}
		if nested.MinItems > 1 {
			one.MinItems = nested.MinItems
		}
		w.apply(at+"."+name, one)
		made[name] = one
	}
	return made
}

func (w widener) apply(path string, field *schema.Schema) {
	known := w.facts[path]
	field.ForceNew = known.ForceNew
	if known.Default != nil {
		field.Default = known.Default
	}
}

// typed turns a type of the dump into the SDK's. Below a computed list every field is computed.
func typed(t cty, computed bool) *schema.Schema {
	switch t.Name {
	case "string":
		return &schema.Schema{Type: schema.TypeString}
	case "bool":
		return &schema.Schema{Type: schema.TypeBool}
	case "number":
		return &schema.Schema{Type: schema.TypeInt}
	}
	kinds := map[string]schema.ValueType{
		"list": schema.TypeList, "set": schema.TypeSet, "map": schema.TypeMap,
	}
	one := &schema.Schema{Type: kinds[t.Name]}
	if t.Element.Name != "object" {
		one.Elem = typed(*t.Element, computed)
		return one
	}
	inner := map[string]*schema.Schema{}
	for name, field := range t.Element.Fields {
		inner[name] = typed(field, computed)
		inner[name].Computed = computed
		inner[name].Optional = !computed
	}
	one.Elem = &schema.Resource{Schema: inner}
	return one
}

func timeouts(wanted nestedBlock) *schema.ResourceTimeout {
	made := new(schema.ResourceTimeout)
	for name := range wanted.Block.Attributes {
		switch name {
		case "create":
			made.Create = schema.DefaultTimeout(waitLimit)
		case "read":
			made.Read = schema.DefaultTimeout(waitLimit)
		case "update":
			made.Update = schema.DefaultTimeout(waitLimit)
		case "delete":
			made.Delete = schema.DefaultTimeout(waitLimit)
		}
	}
	return made
}
