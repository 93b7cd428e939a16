package main

import (
	"errors"
	"fmt"
	"net"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"livechat/shared/livechat"
)

// explain adds the remedy to a database error. It returns other errors unchanged, because
// they are clear already.
func (d *database) explain(err error) error {
	if err == nil {
		return nil
	}
	if _, noTable := errors.AsType[*types.ResourceNotFoundException](err); noTable {
		return fmt.Errorf("there is no table %q %s: check --table, --region and --profile", d.table, d.where)
	}
	if fault, ok := errors.AsType[*livechat.Error](err); ok && fault.Kind == livechat.Unavailable {
		return fmt.Errorf("DynamoDB %s cannot be reached or is overloaded%s: try again", d.where, cause(err))
	}
	answer, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return err
	}
	switch answer.ErrorCode() {
	case "AccessDeniedException":
		return fmt.Errorf("these AWS credentials do not give access to table %q %s: %s", d.table, d.where, answer.ErrorMessage())
	case "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException", "MissingAuthenticationTokenException":
		return fmt.Errorf("AWS does not accept the credentials (%s): sign in again, or give another --profile", answer.ErrorMessage())
	}
	return fmt.Errorf("DynamoDB %s refused the request: %s (%s)", d.where, answer.ErrorMessage(), answer.ErrorCode())
}

// explainCredentials explains why there are no credentials. It leaves out the SDK's long
// list of the sources that it tried.
func explainCredentials(err error) error {
	return fmt.Errorf("no AWS credentials%s: sign in with `aws sso login`, give another --profile, "+
		"or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", cause(err))
}

// cause returns the innermost reason that makes sense outside the SDK, in parentheses, or
// an empty string if there is none.
func cause(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return fmt.Sprintf(" (%s: %s)", answer.ErrorCode(), answer.ErrorMessage())
	}
	if network, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Sprintf(" (%s)", network)
	}
	return ""
}
