export const account = {
	login: 'Log in', register: 'Sign up', logout: 'Log out', name: 'Your name', email: 'E-mail', password: 'Password', passwordHint: 'At least 8 characters',
	loginTitle: 'Welcome back', registerTitle: 'Start your first film', noAccount: 'No account yet?', haveAccount: 'You have an account?',
	theme: 'Theme', themeSystem: 'Like the system', themeDark: 'Dark', themeLight: 'Light', language: 'Language', menu: 'Account and settings', showPassword: 'Show password', hidePassword: 'Hide password',
};
