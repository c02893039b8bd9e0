export const publicPages = {
	tagline: 'From script to film, together.', pitch: 'Write a script, see it break into shots, draw every frame and watch the film play — in one room, at the same time as everyone you make it with.',
	startWriting: 'Start a film', step1: 'Write', step1Text: 'A screenplay editor that several people type in at once.', step2: 'Draw', step2Text: 'Each scene becomes shots; each shot becomes a picture, in the style you choose.', step3: 'Play and render', step3Text: 'The board plays as a film from the first minute. Render it, share it with a link.',
	pictureAlt: 'A storyboard frame: a girl alone on a snowy street of lit windows', inviteTitle: '{who} invites you', inviteProject: 'to work on “{project}” in {workspace}', inviteWorkspace: 'to join {workspace}', asEditor: 'You can write, draw and render.', asViewer: 'You can watch and read along.', join: 'Join', until: 'Open until {date}',
	inviteEnded: 'This invitation does not work', sharedBy: 'Shared by {who}', shareEnded: 'This film is not shared any more', shareUnknown: 'The link is wrong, or whoever shared it has ended it.', madeWith: 'Made with Reelroom', openApp: 'To my projects',
};
