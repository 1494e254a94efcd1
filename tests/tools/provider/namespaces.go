package main

import (
	"net/http"

	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
)

const namespacePath = "/api/vcenter/namespaces/instances"

// namespaceInfo is what the second version of the API answers.
type namespaceInfo struct {
	Supervisor   string `json:"supervisor"`
	ConfigStatus string `json:"config_status"`
	Stats        struct {
		CPU     int `json:"cpu_used"`
		Memory  int `json:"memory_used"`
		Storage int `json:"storage_used"`
	} `json:"stats"`
	StorageSpecs []struct {
		Policy string `json:"policy"`
	} `json:"storage_specs"`
	VMService struct {
		Libraries []string `json:"content_libraries"`
		Classes   []string `json:"vm_classes"`
	} `json:"vm_service_spec"`
}

// namespaceResource creates and reads by version 2, updates and deletes by version 1,
// and refreshes only storage policies and the VM service: so does the published one.
func (c *connection) namespaceResource() *schema.Resource {
	return &schema.Resource{
		Create: func(d *schema.ResourceData, meta any) error {
			spec := namespaceSpec(d)
			spec["namespace"] = d.Get("name")
			spec["supervisor"] = d.Get("supervisor")
			if err := c.call(http.MethodPost, namespacePath+"/v2", spec, nil); err != nil {
				return err
			}
			d.SetId(d.Get("name").(string))
			return c.readNamespace(d, meta)
		},
		Read: c.readNamespace,
		Update: func(d *schema.ResourceData, meta any) error {
			if err := c.call(http.MethodPatch, namespacePath+"/"+d.Id(), namespaceSpec(d), nil); err != nil {
				return err
			}
			return c.readNamespace(d, meta)
		},
		Delete: func(d *schema.ResourceData, _ any) error {
			return c.call(http.MethodDelete, namespacePath+"/"+d.Id(), nil, nil)
		},
	}
}

func namespaceSpec(d *schema.ResourceData) document {
	spec := document{}
	var storage []document
	for _, policy := range texts(d.Get("storage_policies")) {
		storage = append(storage, document{"policy": policy})
	}
	if storage != nil {
		spec["storage_specs"] = storage
	}
	services := d.Get("vm_service").([]any)
	if len(services) > 0 && services[0] != nil {
		service := services[0].(document)
		spec["vm_service_spec"] = document{
			"content_libraries": texts(service["content_libraries"]),
			"vm_classes":        texts(service["vm_classes"]),
		}
	}
	return spec
}

func (c *connection) fetchNamespace(name string) (namespaceInfo, error) {
	var info namespaceInfo
	return info, c.call(http.MethodGet, namespacePath+"/v2/"+name, nil, &info)
}

func (c *connection) readNamespace(d *schema.ResourceData, _ any) error {
	info, err := c.fetchNamespace(d.Id())
	if err != nil {
		return err
	}
	return info.store(d)
}

func (info namespaceInfo) store(d *schema.ResourceData) error {
	var policies []string
	for _, spec := range info.StorageSpecs {
		policies = append(policies, spec.Policy)
	}
	if err := d.Set("storage_policies", policies); err != nil {
		return err
	}
	if len(info.VMService.Libraries)+len(info.VMService.Classes) == 0 {
		return d.Set("vm_service", nil)
	}
	return d.Set("vm_service", []document{{
		"content_libraries": info.VMService.Libraries,
		"vm_classes":        info.VMService.Classes,
	}})
}

func (c *connection) readNamespaceByName(d *schema.ResourceData, _ any) error {
	name := d.Get("name").(string)
	info, err := c.fetchNamespace(name)
	if err != nil {
		return err
	}
	d.SetId(name)
	values := document{
		"supervisor":    info.Supervisor,
		"config_status": info.ConfigStatus,
		"cpu_usage":     info.Stats.CPU,
		"memory_usage":  info.Stats.Memory,
		"storage_usage": info.Stats.Storage,
	}
	for key, value := range values {
		if err := d.Set(key, value); err != nil {
			return err
		}
	}
	return info.store(d)
}
