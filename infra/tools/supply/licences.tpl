# What ships

What the functions' binaries are made of, beside this project's own code (Apache-2.0, see
[LICENSE](../LICENSE)) and Go's standard library (BSD-3-Clause). `make licences` writes this
page anew; `make check` fails when it is not up to date, or when a licence is none of those
that ask for no more than to be named.

| Library | Version | Licence |
|---|---|---|
{{- range .}}
| {{.Name}} | {{.Version}} | {{.LicenseName}} |
{{- end}}
