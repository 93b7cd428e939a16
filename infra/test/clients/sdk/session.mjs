// A visitor's whole session by the published SDK, as it is, against the address
// given. Whom the demo data has to sign in comes as further arguments.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const Livechat = createRequire(import.meta.url)('@rocket.chat/sdk/lib/api/Livechat').default;
const [host, agentId, agentToken, managerId, managerToken] = process.argv.slice(2);

// step runs a part of the session and says which one it was that failed.
async function step(name, part) {
	try {
		await part();
		console.log(`ok: ${name}`);
	} catch (error) {
		console.error(`failed: ${name}`);
		throw error;
	}
}

// refused wants the call refused as the SDK hands it on: as status and data.
async function refused(call, status, text) {
	await assert.rejects(call, (refusal) => {
		assert.equal(refusal.status, status, JSON.stringify(refusal));
		assert.equal(refusal.data.success, false);
		assert.equal(refusal.data.error, text);
		return true;
	});
}

const signedIn = (userId, authToken) => {
	const client = new Livechat({ host });
	client.client.headers = { 'X-User-Id': userId, 'X-Auth-Token': authToken };
	return client;
};

const token = `sdk-${process.pid}-${Date.now()}`;
const visitor = new Livechat({ host });
const agent = signedIn(agentId, agentToken);
const manager = signedIn(managerId, managerToken);
let guest, rid, sent;

await step('before anybody is registered', async () => {
	const config = await visitor.config({ token });
	assert.equal(config.enabled, true);
	assert.equal(config.online, true);
	assert.ok(Array.isArray(config.departments));
	assert.equal(config.guest, undefined);
	assert.equal((await visitor.config({})).enabled, true);
	await refused(visitor.room({}), 400, 'invalid-token'); // it sends token=undefined
});

await step('registration', async () => {
	guest = await visitor.grantVisitor({ visitor: { token, name: 'Grace', email: ' Grace@Example.net ' } });
	assert.equal(guest.token, token);
	assert.equal(guest.name, 'Grace');
	assert.deepEqual(guest.visitorEmails, [{ address: 'grace@example.net' }]);
	assert.equal((await visitor.config({ token })).guest.token, token);
	assert.equal((await visitor.visitor()).visitor._id, guest._id);
	await refused(visitor.grantVisitor({ visitor: { token: ' ' } }), 400, 'Token cannot be empty [error-invalid-token]');
});

await step('a room, once', async () => {
	const room = await visitor.room({ agentId: undefined, rid: '' });
	rid = room._id;
	assert.equal(room.open, true);
	assert.equal(room.v.token, token);
	assert.equal((await visitor.room({ rid }))._id, rid);
	const again = await visitor.get('livechat/room', { token }, false);
	assert.equal(again.newRoom, false);
	assert.equal(again.room._id, rid);
	assert.equal((await visitor.config({ token })).room._id, rid);
	await refused(visitor.room({ rid: 'nobodysRoomAtAll1' }), 400, 'invalid-room');
});

await step('the agent', async () => {
	const { servedBy } = await visitor.room({ rid });
	const info = await visitor.agent({ rid });
	assert.equal(info._id, servedBy._id);
	assert.equal(info.username, servedBy.username);
	assert.equal((await visitor.config({ token })).agent.username, servedBy.username);
	await refused(visitor.agent({ rid: 'nobodysRoomAtAll1' }), 400, 'invalid-room');
});

await step('messages', async () => {
	const answer = await visitor.sendMessage({ rid, msg: 'Hello *there*' });
	assert.equal(answer.success, true);
	sent = answer.message;
	assert.equal(sent.msg, 'Hello *there*');
	assert.equal(sent.rid, rid);
	assert.equal(sent.u.username, guest.username);
	assert.equal((await visitor.message(sent._id, { rid })).msg, sent.msg);

	const edited = await visitor.editMessage(sent._id, { rid, token, msg: 'Hello again' });
	assert.equal(edited.message.msg, 'Hello again');
	assert.ok(edited.message.editedAt);
	assert.equal((await visitor.message(sent._id, { rid })).msg, 'Hello again');

	await refused(visitor.sendMessage({ rid, msg: '' }), 400, 'must NOT have fewer than 1 characters [invalid-params]');
	await refused(visitor.message('noMessageAtAll111', { rid }), 400, 'invalid-message');
});

await step('the answer', async () => {
	const answer = await manager.post('chat.postMessage', { roomId: rid, text: 'How can we help?' });
	assert.equal(answer.message.msg, 'How can we help?');
	const [latest, before] = await visitor.loadMessages(rid, { limit: 2 });
	assert.equal(latest.msg, 'How can we help?');
	assert.equal(latest.u.username, answer.message.u.username);
	assert.equal(before._id, sent._id);
	assert.equal((await visitor.loadMessages(rid, { limit: 1 })).length, 1);
	await refused(visitor.editMessage(latest._id, { rid, token, msg: 'Not mine' }), 400, 'invalid-message');
});

await step('a message deleted', async () => {
	const deleted = await visitor.deleteMessage(sent._id, { rid });
	assert.equal(deleted.message._id, sent._id);
	assert.ok(deleted.message.ts);
	const left = await visitor.loadMessages(rid);
	assert.ok(!left.some(({ _id }) => _id === sent._id));
	await refused(visitor.message(sent._id, { rid }), 400, 'invalid-message');
});

await step('status, pages and custom fields', async () => {
	assert.equal(await visitor.updateVisitorStatus('away'), 'away');
	await refused(visitor.updateVisitorStatus('asleep'), 400, 'must be equal to one of the allowed values [invalid-params]');

	const pageInfo = { change: 'url', title: 'Teapots', location: { href: 'https://shop.example/teapots' } };
	const visited = await visitor.sendVisitorNavigation({ token, rid, pageInfo });
	assert.equal(visited.success, true);
	assert.equal(visited.page.msg, 'Teapots - https://shop.example/teapots');

	const field = { key: 'customerNumber', value: '4711', overwrite: true };
	assert.deepEqual((await visitor.sendCustomField({ token, ...field })).field, field);
	assert.deepEqual((await visitor.sendCustomFields({ token, customFields: [{ ...field, value: '4712' }] })).fields, [{ ...field, value: '4712' }]);
	assert.equal((await visitor.visitor()).visitor.livechatData.customerNumber, '4712');
	await refused(visitor.sendCustomField({ token, key: 'unknown', value: 'x', overwrite: true }), 400, 'invalid-custom-field');
});

const other = new Livechat({ host });
let otherGuest;
await step('the room of another visitor', async () => {
	otherGuest = await other.grantVisitor({ visitor: { token: `${token}-other` } });
	const move = { rid, oldVisitorId: guest._id, newVisitorId: otherGuest._id };
	await refused(visitor.put('livechat/room.visitor', move), 401, 'You must be logged in to do this.');
	const moved = await manager.put('livechat/room.visitor', move);
	assert.equal(moved.room.v._id, otherGuest._id);
	await refused(manager.put('livechat/room.visitor', move), 400, 'invalid-room-visitor');
	await refused(visitor.loadMessages(rid), 400, 'invalid-room');
	assert.ok((await other.loadMessages(rid)).some(({ msg }) => msg === 'How can we help?'));
});

await step('the survey, and the end of the chat', async () => {
	const survey = await other.chatSurvey({ rid, data: [{ name: 'satisfaction', value: '5' }] });
	assert.deepEqual(survey.data, { satisfaction: '5' });
	await refused(other.chatSurvey({ rid, data: [] }), 400, 'must NOT have fewer than 1 items [invalid-params]');

	const closed = await other.closeChat({ rid });
	assert.equal(closed.success, true);
	assert.equal(closed.rid, rid);
	assert.equal((await other.config({ token: otherGuest.token })).room, undefined);
	await refused(other.closeChat({ rid }), 400, 'room-closed');
	await refused(other.sendMessage({ rid, msg: 'Still there?' }), 400, 'room-closed');

	const next = await other.room({});
	assert.notEqual(next._id, rid);
	await refused(other.deleteVisitor(), 400, 'Cannot remove visitors with opened rooms [visitor-has-open-rooms]');
	await other.closeChat({ rid: next._id });
});

await step('the visitors, gone', async () => {
	for (const [client, { _id }] of [[visitor, guest], [other, otherGuest]]) {
		const deleted = await client.deleteVisitor();
		assert.equal(deleted._id, _id);
		await refused(client.visitor(), 400, '[invalid-token]');
	}
});
