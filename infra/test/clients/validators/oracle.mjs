// Asks the published validators: one JSON line {validator, body} or
// {validator, query} each on stdin, the body as JSON text, the query as a list
// of names and values; the answer is one line {ok, error}.
import { buildSync } from 'esbuild';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// The package's modules name each other without file extensions, which Node
// does not take: they are bundled first.
const bundle = buildSync({
	stdin: {
		contents: "export * from '@rocket.chat/rest-typings/dist/v1/omnichannel.js'",
		resolveDir: fileURLToPath(new URL('.', import.meta.url)),
	},
	bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'error',
});
const bundled = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(bundled, bundled.exports, createRequire(import.meta.url));

// parameters is what the server's query parser makes of names and values: of a
// name that stands there twice, and of name[], a list; of name[key] an object.
function parameters(pairs) {
	const found = {};
	for (const [name, value] of pairs) {
		const [, plain, key] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? [, name];
		if (key) {
			found[plain] = { [key]: value };
		} else if (plain in found || key === '') {
			found[plain] = [].concat(found[plain] ?? [], value);
		} else {
			found[plain] = value;
		}
	}
	return found;
}

for await (const line of createInterface({ input: process.stdin })) {
	const { validator, body, query } = JSON.parse(line);
	const validate = bundled.exports[validator];
	const ok = validate(body ? JSON.parse(body) : parameters(query ?? []));
	process.stdout.write(`${JSON.stringify({ ok, error: ok ? '' : validate.errors[0].message })}\n`);
}
