package main

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/helper/resource"
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
)

const waitLimit = time.Hour

// keepsState is a resource that exists in the state alone. It proves that arguments are
// accepted and that a second plan is empty; it proves nothing about vCenter.
func keepsState() *schema.Resource {
	nothing := func(*schema.ResourceData, any) error { return nil }
	return &schema.Resource{
		Create: func(d *schema.ResourceData, _ any) error {
			d.SetId(resource.UniqueId())
			return nil
		},
		Read:   nothing,
		Update: nothing,
		Delete: nothing,
	}
}

// settled gives a value to the computed collections that nobody fills. The SDK takes one that
// was never set for unknown, so that each plan would change it.
func settled(made *schema.Resource, added map[string]*schema.Schema) {
	var names []string
	for name, field := range added {
		collection := field.Type == schema.TypeList || field.Type == schema.TypeSet
		if field.Computed && collection {
			names = append(names, name)
		}
	}
	if names == nil {
		return
	}
	made.Create = thenFill(made.Create, names)
	made.Read = thenFill(made.Read, names)
	if made.Update != nil {
		made.Update = thenFill(made.Update, names)
	}
}

func thenFill(step func(*schema.ResourceData, any) error, names []string) func(*schema.ResourceData, any) error {
	return func(d *schema.ResourceData, meta any) error {
		if err := step(d, meta); err != nil || d.Id() == "" {
			return err
		}
		for _, name := range names {
			if _, set := d.GetOk(name); set {
				continue
			}
			if err := d.Set(name, []any{}); err != nil {
				return err
			}
		}
		return nil
	}
}

// cannotRead is a data source that the published provider has and this one cannot answer.
// It says so, because an empty answer would let a wrong configuration pass.
func cannotRead(name string) *schema.Resource {
	return &schema.Resource{
		Read: func(*schema.ResourceData, any) error {
			return fmt.Errorf("the test provider accepts data %q but cannot read it", name)
		},
	}
}
