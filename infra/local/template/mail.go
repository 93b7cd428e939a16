package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (r *reader) configurationSet(id string, n *yaml.Node) error {
	var p struct {
		Name        string    `yaml:"Name"`
		Delivery    yaml.Node `yaml:"DeliveryOptions"`
		Reputation  yaml.Node `yaml:"ReputationOptions"`
		Sending     yaml.Node `yaml:"SendingOptions"`
		Suppression yaml.Node `yaml:"SuppressionOptions"`
		Tags        yaml.Node `yaml:"Tags"`
	}
	if err := decodeSupported(n, &p); err != nil {
		return err
	}
	if p.Name != "" {
		return fmt.Errorf("line %d: the laptop cloud supports configuration sets only without a Name", n.Line)
	}
	r.sendsEvents(r.name(id))
	return nil
}

func (r *reader) mailEvents(_ string, n *yaml.Node) error {
	var p struct {
		Set         string `yaml:"ConfigurationSetName"`
		Destination struct {
			Name    yaml.Node `yaml:"Name"`
			Enabled bool      `yaml:"Enabled"`
			Types   []string  `yaml:"MatchingEventTypes"`
			Bridge  struct {
				Bus string `yaml:"EventBusArn"`
			} `yaml:"EventBridgeDestination"`
		} `yaml:"EventDestination"`
	}
	if err := decodeSupported(n, &p); err != nil {
		return err
	}
	if !strings.HasSuffix(p.Destination.Bridge.Bus, ":event-bus/default") {
		return fmt.Errorf("line %d: SES sends events only to the default event bus, not to %q", n.Line, p.Destination.Bridge.Bus)
	}
	if p.Destination.Enabled {
		r.sendsEvents(p.Set, p.Destination.Types...)
	}
	return nil
}

func (r *reader) sendsEvents(set string, types ...string) {
	if r.out.ConfigurationSets == nil {
		r.out.ConfigurationSets = map[string][]string{}
	}
	r.out.ConfigurationSets[set] = append(r.out.ConfigurationSets[set], types...)
}
