package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
)

var faultKinds = map[string]simulator.FaultType{
	"generic":           simulator.FaultTypeGeneric,
	"not-authenticated": simulator.FaultTypeNotAuthenticated,
	"no-permission":     simulator.FaultTypeNoPermission,
	"not-found":         simulator.FaultTypeManagedObjectNotFound,
	"invalid-state":     simulator.FaultTypeInvalidState,
	"in-use":            simulator.FaultTypeResourceInUse,
	"timeout":           simulator.FaultTypeTimeout,
}

// slowDown sets the delays once the inventory stands, so that start-up stays quick.
func slowDown(model *simulator.Model, o options) error {
	model.DelayConfig.Delay = o.delay
	model.DelayConfig.MethodDelay = map[string]int{}
	for _, each := range o.slow {
		method, number, found := strings.Cut(each, "=")
		milliseconds, err := strconv.Atoi(number)
		if !found || err != nil {
			return fmt.Errorf("-slow %q is not METHOD=MILLISECONDS", each)
		}
		model.DelayConfig.MethodDelay[method] = milliseconds
	}
	return nil
}

// injectFaults reads METHOD[:TYPE[:KIND[:COUNT]]]; an empty part means any, generic, always.
func injectFaults(model *simulator.Model, faults []string) error {
	for _, each := range faults {
		parts := append(strings.Split(each, ":"), "", "", "")
		rule := &simulator.FaultInjectionRule{
			MethodName:  parts[0],
			ObjectType:  orDefault(parts[1], "*"),
			ObjectName:  "*",
			Probability: 1,
			Enabled:     true,
			Message:     "injected by the simulator's -fault",
		}
		kind, ok := faultKinds[orDefault(parts[2], "generic")]
		if !ok {
			return fmt.Errorf("-fault %q names an unknown kind", each)
		}
		rule.FaultType = kind
		if parts[3] != "" {
			count, err := strconv.Atoi(parts[3])
			if err != nil {
				return fmt.Errorf("-fault %q: %w", each, err)
			}
			rule.MaxCount = count
		}
		model.Service.AddFaultRule(rule)
	}
	return nil
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
