package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func (b *builder) datastores() error {
	if err := b.makeHome(); err != nil {
		return err
	}
	for number, fact := range b.site.Datastores {
		folder := filepath.Join(b.home, strconv.Itoa(number))
		if err := os.Mkdir(folder, 0o700); err != nil {
			return err
		}
		if err := b.datastore(fact, folder); err != nil {
			return fmt.Errorf("datastore %s: %w", fact.Name, err)
		}
	}
	return nil
}

// makeHome finds the folder that the model removes when the program ends.
func (b *builder) makeHome() error {
	for _, each := range b.registry().OptionManager().Setting {
		option := each.GetOptionValue()
		if option.Key == "vcsim.home" {
			b.home = option.Value.(string)
			return nil
		}
	}
	return errors.New("the simulator names no folder for datastores")
}

func (b *builder) datastore(fact datastoreFact, folder string) error {
	for _, cluster := range b.site.Clusters {
		mounts := len(fact.Clusters) == 0 || len(keep(fact.Clusters, func(c string) bool { return c == cluster.Name })) > 0
		if !mounts {
			continue
		}
		for _, host := range b.hosts[cluster.Name] {
			system, err := host.ConfigManager().DatastoreSystem(b.ctx)
			if err != nil {
				return err
			}
			if _, err := system.CreateLocalDatastore(b.ctx, fact.Name, folder); err != nil {
				return err
			}
		}
	}
	for _, each := range b.registry().All("Datastore") {
		if live := each.(*simulator.Datastore); live.Name == fact.Name {
			describe(live, fact)
		}
	}
	return nil
}

// describe gives the datastore the kind and size of the inventory; on disk it is a folder.
func describe(live *simulator.Datastore, fact datastoreFact) {
	kind, _, _ := strings.Cut(fact.Kind, "-")
	live.Summary.Type = map[string]string{"vsan": "vsan", "vmfs": "VMFS", "nfs": "NFS", "vvol": "VVOL"}[kind]
	if live.Summary.Type == "" {
		live.Summary.Type = "OTHER"
	}
	live.Summary.Capacity = int64(fact.Usable)
	live.Summary.FreeSpace = int64(fact.Usable - fact.Used)
	live.Summary.MultipleHostAccess = types.NewBool(len(live.Host) > 1)
	live.Info.GetDatastoreInfo().FreeSpace = live.Summary.FreeSpace
}
