package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// inventory is the part of a SiteInventory document that a vCenter would show.
// Keys that this program does not know are facts for others and are passed over.
type inventory struct {
	Metadata    struct{ Name string } `json:"metadata"`
	VCenters    []vcenterFact         `json:"vcenters"`
	Datacenters []datacenterFact      `json:"datacenters"`
	Clusters    []clusterFact         `json:"clusters"`
	Supervisors []supervisorFact      `json:"supervisors"`
	Libraries   []libraryFact         `json:"libraries"`
	Networks    []networkFact         `json:"networks"`
	Hosts       []hostFact            `json:"hosts"`
	Datastores  []datastoreFact       `json:"datastores"`
	vcenter     vcenterFact
}

type vcenterFact struct {
	Ref          string `json:"ref"`
	InstanceUUID string `json:"instance_uuid"`
}

type datacenterFact struct {
	Name    string `json:"name"`
	VCenter string `json:"vcenter"`
}

type clusterFact struct {
	Name       string `json:"name"`
	VCenter    string `json:"vcenter"`
	Datacenter string `json:"datacenter"`
	Zone       string `json:"zone"`
	DRS        string `json:"drs"`
	HA         *struct {
		HostFailures int32 `json:"host_failures"`
	} `json:"ha"`
}

type supervisorFact struct {
	Ref         string   `json:"ref"`
	ID          string   `json:"id"`
	VCenter     string   `json:"vcenter"`
	Clusters    []string `json:"clusters"`
	Zones       []string `json:"zones"`
	Network     string   `json:"network"`
	ServiceCIDR string   `json:"service_cidr"`
}

type libraryFact struct {
	Name    string `json:"name"`
	VCenter string `json:"vcenter"`
}

type networkFact struct {
	PortGroup  string `json:"port_group"`
	VCenter    string `json:"vcenter"`
	Datacenter string `json:"datacenter"`
	VLAN       int32  `json:"vlan"`
}

type hostFact struct {
	Name    string `json:"name"`
	Cluster string `json:"cluster"`
	CPU     struct {
		Sockets        int16 `json:"sockets"`
		CoresPerSocket int16 `json:"cores_per_socket"`
	} `json:"cpu"`
	Memory quantity  `json:"memory"`
	NICs   []nicFact `json:"nics"`
	GPUs   []gpuFact `json:"gpus"`
}

type nicFact struct {
	Name  string   `json:"name"`
	Speed dataRate `json:"speed"`
}

type gpuFact struct {
	Model     string `json:"model"`
	PCI       string `json:"pci"`
	NUMA      int    `json:"numa"`
	Mode      string `json:"mode"`
	MixedSize bool   `json:"mixed_size"`
}

type datastoreFact struct {
	Name     string    `json:"name"`
	Clusters []string  `json:"clusters"`
	Kind     string    `json:"kind"`
	Usable   quantity  `json:"usable"`
	Used     quantity  `json:"used"`
	Tags     []tagFact `json:"tags"`
}

type tagFact struct {
	Category string `json:"category"`
	Tag      string `json:"tag"`
}

// quantity is an amount of bytes, written with its unit, alone or as {"value": …, "source": …}.
type quantity int64

var (
	quantityText = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*([kKMGTP]i?)?B$`)
	unitBytes    = map[string]int64{
		"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
		"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50,
	}
)

func (q *quantity) UnmarshalJSON(text []byte) error {
	var wrapped struct {
		Value string `json:"value"`
	}
	if err := json.Unmarshal(text, &wrapped); err != nil {
		if err := json.Unmarshal(text, &wrapped.Value); err != nil {
			return fmt.Errorf("a quantity of bytes is text with a unit, not %s", text)
		}
	}
	parts := quantityText.FindStringSubmatch(wrapped.Value)
	if parts == nil {
		return fmt.Errorf("%q is no quantity of bytes", wrapped.Value)
	}
	amount, _ := new(big.Rat).SetString(parts[1])
	amount.Mul(amount, new(big.Rat).SetInt64(unitBytes[parts[2]]))
	*q = quantity(new(big.Int).Quo(amount.Num(), amount.Denom()).Int64())
	return nil
}

// dataRate is a line rate in megabits per second, written as 25Gbps or 800Mbps.
type dataRate int32

func (d *dataRate) UnmarshalJSON(text []byte) error {
	var written string
	if err := json.Unmarshal(text, &written); err != nil {
		return err
	}
	number, unit := written, ""
	if at := strings.IndexFunc(written, unicode.IsLetter); at >= 0 {
		number, unit = strings.TrimSpace(written[:at]), written[at:]
	}
	factor, known := map[string]float64{"Mbps": 1, "Gbps": 1000, "Mbit/s": 1, "Gbit/s": 1000}[unit]
	amount, err := strconv.ParseFloat(number, 64)
	if err != nil || !known {
		return fmt.Errorf("%q is no data rate", written)
	}
	*d = dataRate(amount * factor)
	return nil
}

// loadInventory reads the document and keeps what belongs to one vCenter.
func loadInventory(path, ref string) (*inventory, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	site := new(inventory)
	if err := json.Unmarshal(text, site); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, each := range site.VCenters {
		if ref == "" || each.Ref == ref {
			site.vcenter = each
			site.narrow()
			return site, site.check()
		}
	}
	return nil, fmt.Errorf("%s names no vCenter %q", path, ref)
}

func keep[T any](all []T, wanted func(T) bool) []T {
	var kept []T
	for _, each := range all {
		if wanted(each) {
			kept = append(kept, each)
		}
	}
	return kept
}

// narrow drops what another vCenter holds. A fact that names none belongs to each of them.
func (site *inventory) narrow() {
	mine := func(ref string) bool { return ref == "" || ref == site.vcenter.Ref }
	site.Datacenters = keep(site.Datacenters, func(d datacenterFact) bool { return mine(d.VCenter) })
	site.Clusters = keep(site.Clusters, func(c clusterFact) bool { return mine(c.VCenter) })
	site.Supervisors = keep(site.Supervisors, func(s supervisorFact) bool { return mine(s.VCenter) })
	site.Libraries = keep(site.Libraries, func(l libraryFact) bool { return mine(l.VCenter) })
	site.Networks = keep(site.Networks, func(n networkFact) bool { return mine(n.VCenter) })
	here := map[string]bool{}
	for _, cluster := range site.Clusters {
		here[cluster.Name] = true
	}
	site.Hosts = keep(site.Hosts, func(h hostFact) bool { return here[h.Cluster] })
	site.Datastores = keep(site.Datastores, func(d datastoreFact) bool {
		return len(d.Clusters) == 0 || len(keep(d.Clusters, func(c string) bool { return here[c] })) > 0
	})
}

func (site *inventory) check() error {
	names := map[string]bool{}
	for _, datacenter := range site.Datacenters {
		names[datacenter.Name] = true
	}
	var missing []string
	for _, cluster := range site.Clusters {
		if !names[cluster.Datacenter] {
			missing = append(missing, fmt.Sprintf("cluster %s: datacenter %q", cluster.Name, cluster.Datacenter))
		}
	}
	if missing != nil {
		return fmt.Errorf("the inventory lacks %s", strings.Join(missing, "; "))
	}
	return nil
}
