package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
)

// connection speaks REST for the resources that 1.26 does not know. It logs in and out
// around each call, so that no session is left behind.
type connection struct {
	server   string
	user     string
	password string
	client   *http.Client
}

type document = map[string]any

func (c *connection) configure(d *schema.ResourceData) {
	c.server = d.Get("vsphere_server").(string)
	if c.server == "" {
		c.server = d.Get("vcenter_server").(string)
	}
	c.user = d.Get("user").(string)
	c.password = d.Get("password").(string)
	c.client = &http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{
				InsecureSkipVerify: d.Get("allow_unverified_ssl").(bool), //nolint:gosec // the user's own switch
			},
		},
	}
}

func (c *connection) resources() map[string]*schema.Resource {
	return map[string]*schema.Resource{
		"vsphere_virtual_machine_class": c.classResource(),
		"vsphere_zone":                  c.zoneResource(),
		"vsphere_namespace":             c.namespaceResource(),
	}
}

func (c *connection) dataSources() map[string]*schema.Resource {
	return map[string]*schema.Resource{
		"vsphere_zone":      {Read: c.readZoneByName},
		"vsphere_namespace": {Read: c.readNamespaceByName},
	}
}

// call sends one request inside a session of its own and decodes the answer into result.
func (c *connection) call(method, path string, body, result any) (err error) {
	session, err := c.login()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.send(session, http.MethodDelete, "/api/session", nil, nil)) }()
	return c.send(session, method, path, body, result)
}

func (c *connection) login() (string, error) {
	request, err := http.NewRequest(http.MethodPost, "https://"+c.server+"/api/session", nil)
	if err != nil {
		return "", err
	}
	request.SetBasicAuth(c.user, c.password)
	var session string
	return session, c.do(request, &session)
}

func (c *connection) send(session, method, path string, body, result any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, "https://"+c.server+path, content)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("vmware-api-session-id", session)
	return c.do(request, result)
}

func (c *connection) do(request *http.Request, result any) error {
	answer, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s: %s", request.Method, request.URL.Path, answer.Status, text)
	}
	if result == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, result)
}

// texts reads a list or set argument as a plain slice.
func texts(value any) []string {
	if set, ok := value.(*schema.Set); ok {
		value = set.List()
	}
	list, _ := value.([]any)
	found := []string{}
	for _, each := range list {
		if text, ok := each.(string); ok {
			found = append(found, text)
		}
	}
	return found
}
