package main

import (
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
)

const zonePath = "/api/vcenter/consumption-domains/zones"

func (c *connection) zoneResource() *schema.Resource {
	return &schema.Resource{
		Create: func(d *schema.ResourceData, meta any) error {
			spec := document{"zone": d.Get("name"), "description": d.Get("description")}
			if err := c.call(http.MethodPost, zonePath, spec, nil); err != nil {
				return err
			}
			d.SetId(d.Get("name").(string))
			if err := c.associate(d.Id(), "add", texts(d.Get("cluster_ids"))); err != nil {
				return err
			}
			return c.readZone(d, meta)
		},
		Read: c.readZone,
		Update: func(d *schema.ResourceData, meta any) error {
			before, after := d.GetChange("cluster_ids")
			if err := c.associate(d.Id(), "add", without(texts(after), texts(before))); err != nil {
				return err
			}
			if err := c.associate(d.Id(), "remove", without(texts(before), texts(after))); err != nil {
				return err
			}
			return c.readZone(d, meta)
		},
		Delete: func(d *schema.ResourceData, _ any) error {
			if err := c.associate(d.Id(), "remove", texts(d.Get("cluster_ids"))); err != nil {
				return err
			}
			return c.call(http.MethodDelete, zonePath+"/"+d.Id(), nil, nil)
		},
	}
}

func without(all, known []string) []string {
	var rest []string
	for _, each := range all {
		if !slices.Contains(known, each) {
			rest = append(rest, each)
		}
	}
	return rest
}

func (c *connection) associate(zone, action string, clusters []string) error {
	if len(clusters) == 0 {
		return nil
	}
	path := zonePath + "/cluster/" + zone + "/associations?action=" + action
	return c.call(http.MethodPost, path, clusters, nil)
}

func (c *connection) readZone(d *schema.ResourceData, _ any) error {
	var zone struct{ Description string }
	if err := c.call(http.MethodGet, zonePath+"/"+d.Id(), nil, &zone); err != nil {
		return err
	}
	var clusters []string
	if err := c.call(http.MethodGet, zonePath+"/cluster/"+d.Id()+"/associations", nil, &clusters); err != nil {
		return err
	}
	if err := d.Set("description", zone.Description); err != nil {
		return err
	}
	return d.Set("cluster_ids", clusters)
}

func (c *connection) readZoneByName(d *schema.ResourceData, meta any) error {
	d.SetId(d.Get("name").(string))
	return c.readZone(d, meta)
}
