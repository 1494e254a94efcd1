package main

import (
	"net/http"

	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
)

const classPath = "/api/vcenter/namespace-management/virtual-machine-classes"

// classResource behaves as the published one does, with its gaps: a read asks whether the
// class is there and takes nothing over, and an update goes to the name in the state.
func (c *connection) classResource() *schema.Resource {
	read := func(d *schema.ResourceData, _ any) error {
		return c.call(http.MethodGet, classPath+"/"+d.Id(), nil, nil)
	}
	return &schema.Resource{
		Create: func(d *schema.ResourceData, meta any) error {
			spec := classSpec(d)
			spec["id"] = d.Get("name")
			if err := c.call(http.MethodPost, classPath, spec, nil); err != nil {
				return err
			}
			d.SetId(d.Get("name").(string))
			return read(d, meta)
		},
		Read: read,
		Update: func(d *schema.ResourceData, meta any) error {
			if err := c.call(http.MethodPatch, classPath+"/"+d.Id(), classSpec(d), nil); err != nil {
				return err
			}
			return read(d, meta)
		},
		Delete: func(d *schema.ResourceData, _ any) error {
			return c.call(http.MethodDelete, classPath+"/"+d.Id(), nil, nil)
		},
	}
}

func classSpec(d *schema.ResourceData) document {
	spec := document{
		"cpu_count": d.Get("cpus"),
		"memory_MB": d.Get("memory"),
		"devices":   document{},
	}
	for _, key := range []string{"cpu_reservation", "memory_reservation"} {
		if percent := d.Get(key).(int); percent != 0 {
			spec[key] = percent
		}
	}
	var vgpus []document
	for _, profile := range texts(d.Get("vgpu_devices")) {
		vgpus = append(vgpus, document{"profile_name": profile})
	}
	if vgpus != nil {
		spec["devices"] = document{"vgpu_devices": vgpus}
	}
	return spec
}
