package template

import (
	"fmt"
	"maps"

	"go.yaml.in/yaml/v4"

	"livechat/infra/local/template/intrinsic"
)

// The region, account and stack that the laptop cloud pretends to run in. The account is
// the example account in AWS's documentation.
const (
	Region    = "us-east-1"
	Account   = "123456789012"
	stackName = "livechat"
)

// TableARN returns the ARN of a table.
func TableARN(table string) string {
	return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", Region, Account, table)
}

// IdentityARN returns the ARN of an SES identity, which is a domain or an address.
func IdentityARN(identity string) string {
	return fmt.Sprintf("arn:aws:ses:%s:%s:identity/%s", Region, Account, identity)
}

// ConfigurationSetARN returns the ARN of an SES configuration set.
func ConfigurationSetARN(set string) string {
	return fmt.Sprintf("arn:aws:ses:%s:%s:configuration-set/%s", Region, Account, set)
}

// FunctionARN returns the ARN of a function.
func FunctionARN(function string) string {
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", Region, Account, function)
}

func (r *reader) readScope() error {
	declared := intrinsic.Member(r.root, "Parameters")
	given := map[string]string{}
	for name, value := range r.options.Laptop {
		if declared != nil && intrinsic.Member(declared, name) != nil {
			given[name] = value
		}
	}
	maps.Copy(given, r.options.Parameters)
	values, err := intrinsic.Parameters(declared, given)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"AWS::Region":    Region,
		"AWS::AccountId": Account,
		"AWS::Partition": "aws",
		"AWS::StackName": stackName,
		"AWS::StackId":   fmt.Sprintf("arn:aws:cloudformation:%s:%s:stack/%s/local", Region, Account, stackName),
		"AWS::URLSuffix": "amazonaws.com",
	} {
		values[name] = intrinsic.Text(r.root, text)
	}
	values["AWS::NoValue"] = nil
	r.scope = intrinsic.Scope{
		Values:     values,
		Mappings:   intrinsic.Member(r.root, "Mappings"),
		Conditions: intrinsic.Member(r.root, "Conditions"),
		Reference:  r.reference,
		Attribute:  r.attribute,
	}
	return nil
}

func (r *reader) declared(id string) *yaml.Node {
	return intrinsic.Member(intrinsic.Member(r.root, "Resources"), id)
}

func (r *reader) name(id string) string {
	if name := r.options.Names[id]; name != "" {
		return name
	}
	return id
}

func (r *reader) reference(id string) (string, bool) {
	return r.name(id), r.declared(id) != nil
}

// attribute returns the value of a resource's attribute. It supports the attributes on
// which a running function or a policy may depend.
func (r *reader) attribute(id, attribute string) (string, bool) {
	n := r.declared(id)
	if n == nil {
		return "", false
	}
	kind := intrinsic.Member(n, "Type")
	if kind == nil {
		return "", false
	}
	switch kind.Value + "." + attribute {
	case "AWS::DynamoDB::Table.Arn":
		return TableARN(r.name(id)), true
	case "AWS::Serverless::Function.Arn":
		return FunctionARN(id), true
	case "AWS::IAM::Role.Arn":
		return roleARN(id), true
	case "AWS::Logs::LogGroup.Arn":
		return fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s:*", Region, Account, id), true
	case "AWS::Serverless::HttpApi.ApiEndpoint":
		return r.options.URL, true
	case "AWS::SQS::Queue.Arn":
		return fmt.Sprintf("arn:aws:sqs:%s:%s:%s", Region, Account, id), true
	case "AWS::SNS::Topic.TopicArn":
		return fmt.Sprintf("arn:aws:sns:%s:%s:%s", Region, Account, id), true
	default:
		return "", false
	}
}
