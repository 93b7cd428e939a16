# What ships

For everyone who reviews the libraries and licences in the functions' binaries.

The binaries consist of this project's code (Apache-2.0, see [LICENSE](../LICENSE)), Go's
standard library (BSD-3-Clause) and the libraries below. `make licences` writes this page.
`make check` fails if the page is out of date, or if a licence demands more than attribution.

| Library | Version | Licence |
|---|---|---|
{{- range .}}
| {{.Name}} | {{.Version}} | {{.LicenseName}} |
{{- end}}
