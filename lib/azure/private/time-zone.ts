import { refuse } from '../../core/errors';

// Windows names, which Azure takes, with the IANA names of places that keep the same time, after Unicode CLDR's table windowsZones.
const ZONES: { readonly [windows: string]: string } = {
  UTC: 'UTC Etc/UTC GMT Etc/GMT Zulu',
  'GMT Standard Time': 'Europe/London Europe/Dublin Europe/Lisbon',
  'Greenwich Standard Time': 'Atlantic/Reykjavik Africa/Abidjan Africa/Accra Africa/Dakar',
  'Morocco Standard Time': 'Africa/Casablanca',
  'W. Europe Standard Time':
    'Europe/Berlin Europe/Amsterdam Europe/Zurich Europe/Vienna Europe/Rome Europe/Oslo Europe/Stockholm Europe/Luxembourg Europe/Monaco Europe/Malta',
  'Romance Standard Time': 'Europe/Paris Europe/Madrid Europe/Brussels Europe/Copenhagen',
  'Central Europe Standard Time': 'Europe/Budapest Europe/Prague Europe/Belgrade Europe/Ljubljana Europe/Bratislava',
  'Central European Standard Time': 'Europe/Warsaw Europe/Zagreb Europe/Sarajevo Europe/Skopje',
  'W. Central Africa Standard Time': 'Africa/Lagos Africa/Algiers Africa/Tunis',
  'GTB Standard Time': 'Europe/Athens Europe/Bucharest',
  'FLE Standard Time': 'Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Riga Europe/Sofia Europe/Tallinn Europe/Vilnius',
  'Egypt Standard Time': 'Africa/Cairo',
  'South Africa Standard Time': 'Africa/Johannesburg Africa/Harare Africa/Maputo',
  'Israel Standard Time': 'Asia/Jerusalem',
  'Turkey Standard Time': 'Europe/Istanbul',
  'Russian Standard Time': 'Europe/Moscow',
  'Arab Standard Time': 'Asia/Riyadh Asia/Kuwait Asia/Qatar',
  'E. Africa Standard Time': 'Africa/Nairobi Africa/Addis_Ababa',
  'Arabian Standard Time': 'Asia/Dubai Asia/Muscat',
  'Iran Standard Time': 'Asia/Tehran',
  'Pakistan Standard Time': 'Asia/Karachi',
  'India Standard Time': 'Asia/Kolkata Asia/Calcutta',
  'Sri Lanka Standard Time': 'Asia/Colombo',
  'Nepal Standard Time': 'Asia/Kathmandu',
  'Bangladesh Standard Time': 'Asia/Dhaka',
  'SE Asia Standard Time': 'Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh Asia/Saigon',
  'China Standard Time': 'Asia/Shanghai Asia/Hong_Kong Asia/Macau',
  'Singapore Standard Time': 'Asia/Singapore Asia/Kuala_Lumpur Asia/Manila',
  'Taipei Standard Time': 'Asia/Taipei',
  'W. Australia Standard Time': 'Australia/Perth',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'Korea Standard Time': 'Asia/Seoul',
  'AUS Central Standard Time': 'Australia/Darwin',
  'Cen. Australia Standard Time': 'Australia/Adelaide',
  'E. Australia Standard Time': 'Australia/Brisbane',
  'AUS Eastern Standard Time': 'Australia/Sydney Australia/Melbourne Australia/Canberra',
  'Tasmania Standard Time': 'Australia/Hobart',
  'New Zealand Standard Time': 'Pacific/Auckland',
  'Newfoundland Standard Time': 'America/St_Johns',
  'Atlantic Standard Time': 'America/Halifax Atlantic/Bermuda',
  'E. South America Standard Time': 'America/Sao_Paulo',
  'Argentina Standard Time': 'America/Argentina/Buenos_Aires America/Buenos_Aires',
  'Pacific SA Standard Time': 'America/Santiago',
  'SA Western Standard Time': 'America/La_Paz America/Puerto_Rico',
  'SA Pacific Standard Time': 'America/Bogota America/Lima America/Panama',
  'Eastern Standard Time': 'America/New_York America/Toronto America/Detroit',
  'Central Standard Time': 'America/Chicago America/Winnipeg',
  'Central Standard Time (Mexico)': 'America/Mexico_City',
  'Mountain Standard Time': 'America/Denver America/Edmonton',
  'US Mountain Standard Time': 'America/Phoenix',
  'Pacific Standard Time': 'America/Los_Angeles America/Vancouver',
  'Alaskan Standard Time': 'America/Anchorage',
  'Hawaiian Standard Time': 'Pacific/Honolulu',
};

/**
 * The Windows name of an IANA time zone.
 *
 * @throws a problem if it is not in the table
 */
export function windowsTimeZone(iana: string): string {
  const found = Object.entries(ZONES).find(([, names]) => names.split(' ').includes(iana));
  if (!found)
    refuse(
      'choice',
      'schedule.timeZone',
      iana,
      'Azure names time zones in another way, and this one has no known counterpart',
      'write the largest city that keeps the same time, such as Europe/Berlin, or UTC',
    );
  return found[0];
}
