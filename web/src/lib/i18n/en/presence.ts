export const presence = {
	menu: 'Here now: {names}',
	here: '{n} person here|{n} people here',
	alone: 'Invite others with Share.',
	followHint: 'Click a person to follow them.',
	idle: 'idle',
	away: 'in another window',
	isHere: '{name} is here',
	follow: 'Follow {name}',
	following: 'Following {name}',
	stop: 'Stop following',
};
