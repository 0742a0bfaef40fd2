/** How the file of ExaBGP's settings is named where no option names it: as ExaBGP 6 has it. */
export const SETTINGS_FILE_VARIABLE = 'EXABGP_ENVFILE';
