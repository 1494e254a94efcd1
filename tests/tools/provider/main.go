// Command terraform-provider-vsphere serves the newest vsphere provider that the module proxy
// has (1.26), widened to the schema that the published 2.16 accepts.
//
// The published schema lies beside the program as vsphere-provider.json. What 1.26 can do, it
// does itself; classes, zones and namespaces go through REST; all else that 2.16 adds is only
// kept in the state, which is enough to prove that a configuration is accepted and converges.
package main

import (
	"log"

	"github.com/hashicorp/terraform-plugin-sdk/plugin"
	"github.com/hashicorp/terraform-plugin-sdk/terraform"
)

func main() {
	log.SetFlags(0)
	published, err := loadContract()
	if err != nil {
		log.Fatal(err)
	}
	facts, err := loadFacts()
	if err != nil {
		log.Fatal(err)
	}
	if err := widened(published, facts).InternalValidate(); err != nil {
		log.Fatal(err)
	}
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: func() terraform.ResourceProvider {
		return widened(published, facts)
	}})
}
