package portal

import "tramhoso/sync/dossier"

// kindWords name the kinds of packets.
var kindWords = map[dossier.PacketKind]string{
	dossier.KindDossier: "hồ sơ", dossier.KindSupplement: "bổ sung", dossier.KindWithdrawal: "rút hồ sơ",
	dossier.KindHandover: "trao kết quả", dossier.KindPayment: "thu phí", dossier.KindRating: "đánh giá",
	dossier.KindComplaint: "phản ánh", dossier.KindMessage: "lời nhắn", dossier.KindCustody: "bàn giao giấy tờ",
	dossier.KindCashClose: "chốt quỹ", dossier.KindAuditCheckpoint: "mốc nhật ký", dossier.KindHealth: "tình trạng máy",
}

// wordsOfKind are a kind's words; an unknown one goes by its name.
func wordsOfKind(k dossier.PacketKind) string {
	if w, known := kindWords[k]; known {
		return w
	}
	return string(k)
}
