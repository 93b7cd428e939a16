package template

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"go.yaml.in/yaml/v4"
)

// Table is one DynamoDB table.
type Table struct {
	ID          string // logical id
	CreateInput *dynamodb.CreateTableInput
	// TTL is the name of the time-to-live attribute. It is empty if the table has none.
	TTL string
}

type tableProperties struct {
	BillingMode string        `yaml:"BillingMode"`
	Attributes  []attribute   `yaml:"AttributeDefinitions"`
	Keys        []key         `yaml:"KeySchema"`
	Indexes     []secondIndex `yaml:"GlobalSecondaryIndexes"`
	TTL         struct {
		Attribute string `yaml:"AttributeName"`
		Enabled   bool   `yaml:"Enabled"`
	} `yaml:"TimeToLiveSpecification"`

	Insights           yaml.Node `yaml:"ContributorInsightsSpecification"`
	DeletionProtection yaml.Node `yaml:"DeletionProtectionEnabled"`
	OnDemand           yaml.Node `yaml:"OnDemandThroughput"`
	PointInTime        yaml.Node `yaml:"PointInTimeRecoverySpecification"`
	Encryption         yaml.Node `yaml:"SSESpecification"`
	Class              yaml.Node `yaml:"TableClass"`
	Tags               yaml.Node `yaml:"Tags"`
}

type attribute struct {
	Name string `yaml:"AttributeName"`
	Type string `yaml:"AttributeType"`
}

type key struct {
	Name string `yaml:"AttributeName"`
	Type string `yaml:"KeyType"`
}

type secondIndex struct {
	Name       string `yaml:"IndexName"`
	Keys       []key  `yaml:"KeySchema"`
	Projection struct {
		Type    string   `yaml:"ProjectionType"`
		NonKeys []string `yaml:"NonKeyAttributes"`
	} `yaml:"Projection"`
	OnDemand yaml.Node `yaml:"OnDemandThroughput"`
	Insights yaml.Node `yaml:"ContributorInsightsSpecification"`
}

func (r *reader) table(id string, n *yaml.Node) error {
	var p tableProperties
	if err := decodeSupported(n, &p); err != nil {
		return err
	}
	if p.BillingMode != string(types.BillingModePayPerRequest) {
		return fmt.Errorf("line %d: the laptop cloud supports only tables with BillingMode PAY_PER_REQUEST", n.Line)
	}
	t := Table{ID: id, CreateInput: &dynamodb.CreateTableInput{
		TableName:   aws.String(r.name(id)),
		BillingMode: types.BillingModePayPerRequest,
		KeySchema:   keySchema(p.Keys),
	}}
	for _, a := range p.Attributes {
		t.CreateInput.AttributeDefinitions = append(t.CreateInput.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(a.Name), AttributeType: types.ScalarAttributeType(a.Type),
		})
	}
	for _, i := range p.Indexes {
		t.CreateInput.GlobalSecondaryIndexes = append(t.CreateInput.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(i.Name), KeySchema: keySchema(i.Keys), Projection: i.projection(),
		})
	}
	if p.TTL.Enabled {
		t.TTL = p.TTL.Attribute
	}
	r.out.Tables = append(r.out.Tables, t)
	return nil
}

func keySchema(keys []key) []types.KeySchemaElement {
	var out []types.KeySchemaElement
	for _, k := range keys {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(k.Name), KeyType: types.KeyType(k.Type)})
	}
	return out
}

func (i secondIndex) projection() *types.Projection {
	return &types.Projection{ProjectionType: types.ProjectionType(i.Projection.Type), NonKeyAttributes: i.Projection.NonKeys}
}
