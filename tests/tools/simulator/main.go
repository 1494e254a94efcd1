// Command simulator is a vCenter that holds exactly what a SiteInventory document says.
//
// It runs govmomi's simulator as a library, because the library can do what vcsim cannot:
// build GPU hosts, set the product version, and answer the paths that vcsim lacks.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/vmware/govmomi/simulator"

	// Each of these registers its endpoints with the simulator.
	_ "github.com/vmware/govmomi/cns/simulator"
	_ "github.com/vmware/govmomi/eam/simulator"
	_ "github.com/vmware/govmomi/lookup/simulator"
	_ "github.com/vmware/govmomi/pbm/simulator"
	_ "github.com/vmware/govmomi/ssoadmin/simulator"
	_ "github.com/vmware/govmomi/sts/simulator"
	_ "github.com/vmware/govmomi/vapi/appliance/simulator"
	_ "github.com/vmware/govmomi/vapi/cluster/simulator"
	_ "github.com/vmware/govmomi/vapi/esx/settings/simulator"
	_ "github.com/vmware/govmomi/vapi/namespace/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
	_ "github.com/vmware/govmomi/vapi/vcenter/consumptiondomains/simulator"
	_ "github.com/vmware/govmomi/vslm/simulator"
)

type options struct {
	listen    string
	inventory string
	vcenter   string
	gpus      string
	user      string
	password  string
	env       string
	trace     string
	requests  string
	version   string
	stdinExit bool
	delay     int
	machines  int
	slow      repeated
	faults    repeated
}

// repeated is a flag that may be given more than once.
type repeated []string

func (r *repeated) String() string { return strings.Join(*r, ",") }

func (r *repeated) Set(value string) error {
	*r = append(*r, value)
	return nil
}

func parseFlags() options {
	var o options
	flag.StringVar(&o.listen, "listen", "127.0.0.1:0", "`address` to listen on; port 0 takes a free one")
	flag.StringVar(&o.inventory, "inventory", "", "SiteInventory document as JSON `file` (needed)")
	flag.StringVar(&o.vcenter, "vcenter", "", "`ref` of the vCenter to play; default: the first of the inventory")
	flag.StringVar(&o.gpus, "gpus", "", "JSON `file` with GPU models that add to or replace the built-in table")
	flag.StringVar(&o.user, "user", "administrator@vsphere.local", "user `name` that may log in")
	flag.StringVar(&o.password, "password", "", "`password` of that user (needed)")
	flag.StringVar(&o.env, "env", "", "JSON `file` to write once the simulator answers; standard output without it")
	flag.StringVar(&o.trace, "trace", "", "`file` for the SOAP messages")
	flag.StringVar(&o.requests, "requests", "", "`file` for one JSON line per HTTP request")
	flag.StringVar(&o.version, "version", "8.0.3", "product `version` that the About object shows")
	flag.BoolVar(&o.stdinExit, "stdin-exit", false, "end when standard input closes, so that no orphan is left")
	flag.IntVar(&o.machines, "vms", 0, "`number` of virtual machines, spread over all hosts")
	flag.IntVar(&o.delay, "delay", 0, "`milliseconds` before each SOAP answer")
	flag.Var(&o.slow, "slow", "`METHOD=MILLISECONDS` for one SOAP method; may be repeated")
	flag.Var(&o.faults, "fault", "`METHOD[:TYPE[:KIND[:COUNT]]]` injects a SOAP fault; may be repeated")
	flag.Parse()
	return o
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("simulator: ")
	if err := run(parseFlags()); err != nil {
		log.Fatal(err)
	}
}

func run(o options) error {
	if o.inventory == "" || o.password == "" {
		return errors.New("-inventory and -password are needed")
	}
	site, err := loadInventory(o.inventory, o.vcenter)
	if err != nil {
		return err
	}
	models, err := loadModels(o.gpus)
	if err != nil {
		return err
	}
	if o.trace != "" {
		file, err := os.Create(o.trace)
		if err != nil {
			return err
		}
		defer file.Close()
		simulator.Trace, simulator.TraceFile = true, file
	}

	model := emptyModel(site, o.version)
	if err := model.Create(); err != nil {
		return err
	}
	defer model.Remove()
	if hasDirectPath(o.version) {
		replaceDirectPath(model.Service.Context.Map, models)
	}
	if err := buildInventory(model, site, models, o.machines); err != nil {
		return err
	}
	if err := slowDown(model, o); err != nil {
		return err
	}
	if err := injectFaults(model, o.faults); err != nil {
		return err
	}
	gate := newGate(model.Service.Context.Map, models)

	model.Service.TLS = new(tls.Config)
	model.Service.RegisterEndpoints = true
	model.Service.Listen = &url.URL{Host: o.listen, User: url.UserPassword(o.user, o.password)}
	extras := newExtras(model.Service, site, o.version)
	simulator.RegisterEndpoint(extras.register)

	extras.gate = gate

	server := model.Service.NewServer()
	defer server.Close()
	control := newControl(model.Service, extras, gate)
	control.stand(server)
	if o.requests != "" {
		closeLog, err := logRequests(server, o.requests)
		if err != nil {
			return err
		}
		defer closeLog()
	}
	if err := seed(context.Background(), server.URL, extras, site); err != nil {
		return fmt.Errorf("seeding: %w", err)
	}
	if err := announce(server, o, site, control.token); err != nil {
		return err
	}
	defer withdraw(o)
	waitForEnd(o.stdinExit)
	return nil
}

// waitForEnd returns on a signal, or when standard input closes if that was asked for.
func waitForEnd(stdin bool) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	closed := make(chan struct{})
	if stdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			close(closed)
		}()
	}
	select {
	case <-signals:
	case <-closed:
	}
}
