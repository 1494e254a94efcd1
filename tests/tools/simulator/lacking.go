package main

import (
	"fmt"
	"regexp"
)

// Clusters say since 8.0 whether a configuration profile manages them; the library's type has no
// such property, so that it answers InvalidProperty. The answer is mended on its way out.
const (
	lackingProperty = "configManagerEnabled"
	lackingHeader   = "Simulator-Lacking"
)

var lackingText = regexp.MustCompile(
	`(?s)(<obj type="ClusterComputeResource"[^>]*>)([^<]+)(</obj>)(.*?)` +
		`<missingSet><path>` + lackingProperty + `</path>.*?</missingSet>`)

// filled puts the property in the place of its refusal.
func (e *extras) filled(answer []byte) []byte {
	e.lock.Lock()
	defer e.lock.Unlock()
	return lackingText.ReplaceAllFunc(answer, func(text []byte) []byte {
		part := lackingText.FindSubmatch(text)
		managed, _ := e.profiles[string(part[2])]["config_managed"].(bool)
		property := fmt.Sprintf(`<propSet><name>%s</name><val xmlns:xsd="http://www.w3.org/2001/XMLSchema" `+
			`xsi:type="xsd:boolean">%t</val></propSet>`, lackingProperty, managed)
		return []byte(string(part[1]) + string(part[2]) + string(part[3]) + property + string(part[4]))
	})
}
