package prove

import (
	"encoding/json"
	"time"

	"tramhoso/sync/dossier"
)

// Canaries of a dossier: none of them may lie in plain anywhere.
const (
	CanaryName    = "NGUYỄN THỊ CANARY"
	CanaryNumber  = "066199004217"
	CanaryPhone   = "0905550143"
	CanaryAddress = "Buôn Canary, xã Ea Thử"
	CanaryAnswer  = "lời khai canary"
)

// Canaries lists them.
var Canaries = []string{CanaryName, CanaryNumber, CanaryPhone, CanaryAddress, CanaryAnswer}

// Dossier is an ordinary dossier full of canaries.
func Dossier(at time.Time) dossier.Dossier {
	answers, err := json.Marshal(map[string]string{"purpose": CanaryAnswer})
	if err != nil {
		panic(err) // a map of strings
	}
	return dossier.Dossier{
		Procedure: dossier.ProcedureRef{Code: "1.004873", Version: 1},
		Title:     "Xác nhận tình trạng hôn nhân", Agency: "ubnd-ea-thu",
		Applicant: dossier.Applicant{Phone: CanaryPhone, Person: dossier.Person{Number: CanaryNumber, Name: CanaryName,
			Address: CanaryAddress, Born: dossier.Date{Year: 1999, Month: 2, Day: 3}, Trust: dossier.TrustDeclared, Source: "qr"}},
		Answers: answers, Papers: []dossier.GivenPaper{{Paper: "declaration", Name: "Tờ khai", Way: dossier.WayForm}},
		Return: dossier.ReturnHere, Channel: dossier.ChannelPostal, Language: "vi", NoticeAt: at, SignedAt: at,
	}
}
