package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
)

var mails = sesv2.New(sesv2.Options{
	BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL_SESV2")),
	Region:       os.Getenv("AWS_REGION"),
	Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
	}),
})

type event struct {
	Time string `json:"time"`
	From string `json:"from"`
	To   string `json:"to"`
}

func handle(ctx context.Context, e event) (string, error) {
	_, err := mails.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress: &e.From,
		Destination:      &types.Destination{ToAddresses: []string{e.To}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: &types.Content{Data: &e.Time},
			Body:    &types.Body{Text: &types.Content{Data: aws.String(os.Getenv("SURVEY_WEBHOOK_ALLOW"))}},
		}},
	})
	if err != nil {
		return "", err
	}
	resp, err := http.Post(os.Getenv("API_URL")+"/_local/hook/told", "text/plain", strings.NewReader(e.Time))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		return "", fmt.Errorf("the hook answers %s", resp.Status)
	}
	return e.Time, nil
}
