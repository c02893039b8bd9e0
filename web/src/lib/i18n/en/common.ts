export const common = {
	product: 'Reelroom', close: 'Close', cancel: 'Cancel', retry: 'Retry', undo: 'Undo', save: 'Save', delete: 'Delete', copy: 'Copy', copied: 'Copied', loading: 'Loading…',
	more: 'More', back: 'Back', skip: 'Skip to content', menu: 'Menu', dismiss: 'Dismiss',
	required: 'Please fill this in.', tooShort: 'At least {min} characters, please.', tooLong: 'At most {max} characters, please.', badEmail: 'This is not an e-mail address.', badValue: 'This value does not fit.',
	pageMissing: 'There is nothing at this address.', pageFailed: 'This page could not be shown.', home: 'To the start',
	aspect: 'Aspect ratio', style: 'Style',
};
