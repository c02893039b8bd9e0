export const script = {
	title: 'Script',
};
