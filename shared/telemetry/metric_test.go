package telemetry_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/telemetry"
)

func TestMetricLineIsWhatCloudWatchReads(t *testing.T) {
	for metric, dimensions := range map[telemetry.Metric]any{
		telemetry.RoomsOpened: []any{[]any{"Stack"}},
		telemetry.Faults:      []any{[]any{"Stack"}, []any{"Function", "Version"}},
	} {
		t.Run(string(metric), func(t *testing.T) {
			var out bytes.Buffer
			telemetry.CountTo(&out, "livechat-dev")
			defer telemetry.CountTo(io.Discard, "")
			telemetry.Count(metric)

			var line map[string]any
			if err := json.Unmarshal(out.Bytes(), &line); err != nil {
				t.Fatal(err)
			}
			about, _ := line["_aws"].(map[string]any)
			if ms, _ := about["Timestamp"].(float64); ms < 1.7e12 {
				t.Errorf("the time is %v, want milliseconds", about["Timestamp"])
			}
			want := []any{map[string]any{
				"Namespace": "livechat", "Dimensions": dimensions,
				"Metrics": []any{map[string]any{"Name": string(metric), "Unit": "Count"}},
			}}
			if diff := cmp.Diff(want, about["CloudWatchMetrics"]); diff != "" {
				t.Errorf("metrics (-want +got):\n%s", diff)
			}
			for _, set := range dimensions.([]any) {
				for _, name := range set.([]any) {
					if _, existing := line[name.(string)]; !existing {
						t.Errorf("the dimension %v has no value", name)
					}
				}
			}
			if line[string(metric)] != 1.0 || line["Stack"] != "livechat-dev" {
				t.Errorf("line %v", line)
			}
		})
	}
}
