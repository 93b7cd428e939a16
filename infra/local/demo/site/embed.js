// The lines that a website pastes into its pages to have the chat button.
(function (w, d, s, u) {
	w.RocketChat = function (c) { w.RocketChat._.push(c); };
	w.RocketChat._ = [];
	w.RocketChat.url = `${u}/demo/livechat?serverUrl=${encodeURIComponent(u)}`;
	const h = d.getElementsByTagName(s)[0];
	const j = d.createElement(s);
	j.async = true;
	j.src = `${u}/demo/livechat/rocketchat-livechat.min.js`;
	h.parentNode.insertBefore(j, h);

	// In the shop's colour, and under its name.
	w.RocketChat(function () {
		this.setTheme({ color: '#1f6b55', fontColor: '#fff', iconColor: '#fff', title: d.title });
	});

	// Of this page alone: what is the matter while there is no button.
	const state = d.getElementById('widget-state');
	j.onload = () => { state.hidden = true; };
	j.onerror = async () => {
		const answer = await fetch('/demo/widget').catch(() => null);
		const { error } = await answer?.json().catch(() => ({})) ?? {};
		state.textContent = `There is no chat button: ${error ?? 'the laptop’s cloud does not answer'}. Reload this page to try again.`;
	};
})(window, document, 'script', window.location.origin);
