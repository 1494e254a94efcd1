// Command govc is govmomi's command line, as far as it collects properties: benchmarks print its
// time beside others. Its own module is on no proxy, its commands are in govmomi's.
package main

import (
	"os"

	"github.com/vmware/govmomi/cli"

	_ "github.com/vmware/govmomi/cli/object"
)

func main() { os.Exit(cli.Run(os.Args[1:])) }
