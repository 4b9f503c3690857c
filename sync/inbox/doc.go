// Package inbox hears the portal and answers the screens.
//
// It promises that every event of the portal is applied once and in order, in
// the cursor's own transaction: a gap waits, a new epoch is read from its
// beginning, and news that was known already changes nothing. What an event says
// goes to the citizen's card, which the slip's secret opens, and to the counter
// card, which a staff log-in opens; the station itself keeps no key to either. A
// result's file is kept beside the cards under the counter card's key.
//
// It promises that the trust bundle, the staff list and the catalogue take
// effect only when the province's keys hold, and never go back to an older
// version.
//
// An ID number, an agency's code and a slip number find only that something is
// here, and only so many of them. A slip that was lost is replaced by clerk and card
// together: the lost one is void in the same transaction in which the new one opens
// everything that it did.
//
// It opens no connection: whoever asks the portal is handed in.
package inbox
