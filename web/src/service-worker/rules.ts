/** Cache of what the API and the pages last answered; taken away at log-out. */
export const keptReplies = 'reelroom-replies';
/** Cache of the pictures of takes; taken away at log-out. */
export const pictures = 'reelroom-pictures';
export const mostPictures = 1_000;

type Keep = 'program' | 'picture' | 'reply' | 'shell' | 'nothing';

/** What is kept of a GET on this origin, the first rule that fits. Ranges, other methods and sockets are never touched. */
export const rules: readonly { keep: Keep; fits: (url: URL, mode: RequestMode) => boolean }[] = [
	{ keep: 'program', fits: ({ pathname }) => pathname.startsWith('/_app/immutable/') },
	{ keep: 'picture', fits: ({ pathname }) => /^\/api\/v1\/takes\/[^/]+\/(?:file|thumbnail)$/.test(pathname) },
	{
		keep: 'picture',
		fits: ({ pathname }) => /^\/api\/v1\/projects\/[^/]+\/bible\/pictures\/[^/]+(?:\/thumbnail)?$/.test(pathname),
	},
	// Who is signed in is asked of the server alone; health must tell the truth; these files are not for the studio.
	{ keep: 'nothing', fits: ({ pathname }) => /^\/api\/v1\/(?:auth\/|health|openapi|docs|films|shared)/.test(pathname) },
	{ keep: 'nothing', fits: ({ pathname }) => /^\/api\/v1\/.*\/(?:script|preview|ticket)$/.test(pathname) },
	// The studio keeps what was heard of these itself, by parts.
	{ keep: 'nothing', fits: ({ pathname }) => /^\/api\/v1\/(?:.*\/(?:notes|reviews)|notifications)$/.test(pathname) },
	{ keep: 'reply', fits: ({ pathname }) => pathname.startsWith('/api/v1/') },
	{ keep: 'shell', fits: ({ pathname }, mode) => mode === 'navigate' && /^\/projects(?:\/|$)/.test(pathname) },
	{ keep: 'shell', fits: ({ pathname }) => /^\/projects(?:\/.*)?\/__data\.json$/.test(pathname) },
];

const programs = 'reelroom-program-';
/** The cache of one build of the program. */
export const programOf = (version: string): string => `${programs}${version}`;

/** Of all caches, oldest first, the builds of the program that can go: windows of the one before this are still open, and ask for what only that has. */
export const outdated = (caches: readonly string[], program: string): string[] =>
	caches.filter((name) => name.startsWith(programs) && name !== program).slice(0, -1);
