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

// cannotRead is a data source that the published provider has and this one cannot answer.
// It says so, because an empty answer would let a wrong configuration pass.
func cannotRead(name string) *schema.Resource {
	return &schema.Resource{
		Read: func(*schema.ResourceData, any) error {
			return fmt.Errorf("the test provider accepts data %q but cannot read it", name)
		},
	}
}
