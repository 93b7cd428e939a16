// The agent's desk: the open chats, the chosen one's messages, and answers. What
// visitors wrote is put into the page as text and never as anything else.
const desk = document.querySelector('.desk');
const part = (id) => document.getElementById(id);
const signIn = { 'X-User-Id': desk.dataset.user, 'X-Auth-Token': desk.dataset.token };
const every = 2000; // ms

// What is not said by anybody, but happened.
const events = {
	'livechat-started': 'The chat began',
	'livechat-close': 'The chat ended',
	livechat_transfer_history: 'The chat was handed on',
	uj: 'Joined the chat',
	ul: 'Left the chat',
};

let chosen = '';
let visitor; // the chosen chat's
let seen; // the open chats as they last were

async function call(method, path, body) {
	const answer = await fetch(`/api/v1/${path}`, { method, headers: signIn, body: body && JSON.stringify(body) });
	const result = await answer.json();
	if (!result.success) {
		throw new Error(result.error ?? `${method} ${path}: ${answer.status}`);
	}
	return result;
}

function element(name, text, properties = {}) {
	const e = Object.assign(document.createElement(name), properties);
	e.textContent = text;
	return e;
}

// The widget sends what was written as HTML would have it; a desk shows it as it
// was written.
const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&#x60;': '`' };
const written = (msg) => msg.replace(/&(?:amp|lt|gt|quot|#x27|#x60);/g, (entity) => entities[entity]);

// when is the hour, of another day the day.
function when(time) {
	const at = new Date(time);
	return at.toDateString() === new Date().toDateString()
		? at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
		: at.toLocaleDateString();
}

// show replaces a list's items, unless they are the same: what is read or about
// to be clicked stays.
function show(list, items) {
	const same = items.length === list.children.length && items.every((item, i) => item.isEqualNode(list.children[i]));
	if (!same) {
		list.replaceChildren(...items);
	}
	return !same;
}

async function showRooms() {
	const query = new URLSearchParams({ open: 'true', sort: '{"lm":-1}' });
	const { rooms } = await call('GET', `livechat/rooms?${query}`);
	show(part('rooms'), rooms.map((room) => {
		const item = document.createElement('li');
		const button = element('button', '', { type: 'button' });
		button.dataset.rid = room._id;
		button.setAttribute('aria-pressed', room._id === chosen);
		button.append(
			element('strong', room.fname),
			element('time', when(room.lm)),
			element('span', room.lastMessage ? written(room.lastMessage.msg) : 'No messages yet'),
			element('small', room.servedBy ? room.servedBy.username : 'in the queue'),
		);
		item.append(button);
		return item;
	}));
	part('no-rooms').hidden = rooms.length > 0;
	const room = rooms.find(({ _id }) => _id === chosen);
	part('room').hidden = !room;
	part('no-room').hidden = Boolean(room) || rooms.length === 0;
	part('room-title').textContent = room?.fname ?? '';
	visitor = room?.v._id;
	return rooms;
}

async function showMessages() {
	if (part('room').hidden) {
		return;
	}
	const { messages } = await call('GET', `livechat/${encodeURIComponent(chosen)}/messages?count=100`);
	messages.sort((a, b) => a.ts.localeCompare(b.ts));
	const list = part('messages');
	const changed = show(list, messages.map((message) => {
		const kind = message.t ? 'system' : message.u._id === visitor ? 'theirs' : 'ours';
		const item = element('li', '', { className: kind });
		item.append(
			element('small', `${message.alias ?? message.u.name ?? message.u.username}, ${when(message.ts)}`),
			element('p', events[message.t] ?? written(message.msg)),
		);
		return item;
	}));
	if (changed) {
		list.scrollTop = list.scrollHeight;
	}
}

// news says whether something has happened in a chat since it was last asked.
function news(rooms) {
	const now = rooms.map(({ _id, lm }) => `${_id} ${lm}`).join();
	const isNew = seen !== undefined && now !== seen;
	seen = now;
	return isNew;
}

let unseen = false; // by the widget

async function refresh() {
	try {
		const rooms = await showRooms();
		await showMessages();
		unseen = news(rooms) || unseen;
		if (unseen) {
			unseen = !reloadWidget();
		}
		part('problem').textContent = '';
	} catch (error) {
		part('problem').textContent = error.message;
	}
}

// reloadWidget has the widget ask for what is new, which it does whenever it
// loads; unless the visitor is in it, or left something half-written there, or it
// has just loaded, and is asking still.
function reloadWidget() {
	const frame = part('rocketchat-iframe');
	if (!frame || frame.contentWindow.performance.now() < 3000 || document.activeElement === frame || frame.contentDocument.querySelector('[contenteditable]')?.textContent) {
		return false;
	}
	if (frame.closest('.rocketchat-widget').dataset.state === 'opened') {
		addEventListener('message', function ready({ data }) {
			if (data?.src === 'rocketchat' && data.fn === 'ready') {
				removeEventListener('message', ready);
				window.RocketChat(function () { this.maximizeWidget(); });
			}
		});
	}
	frame.contentWindow.location.reload();
	return true;
}

async function act(work) {
	try {
		await work();
	} catch (error) {
		part('problem').textContent = error.message;
		return;
	}
	await refresh();
}

part('rooms').addEventListener('click', ({ target }) => {
	const button = target.closest('button');
	if (button) {
		chosen = button.dataset.rid;
		refresh();
	}
});

part('answer').addEventListener('submit', (event) => {
	event.preventDefault();
	const text = part('text').value.trim();
	if (!text) {
		return;
	}
	act(async () => {
		await call('POST', 'chat.postMessage', { roomId: chosen, text });
		part('text').value = '';
	});
});

part('close').addEventListener('click', () => act(() => call('POST', 'livechat/room.closeByUser', { rid: chosen, comment: 'Closed at the desk' })));

for (;;) {
	if (!document.hidden) {
		await refresh();
	}
	await new Promise((wake) => { setTimeout(wake, every); });
}
