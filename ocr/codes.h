/* SPDX-License-Identifier: Apache-2.0 */
/* codes: the words with which the reader names a reason and a document, shared by the wire and by card/ and number/. */
#pragma once

/* doubtful: the number may be right, a person must look or scan again */
#define FRAMES_REASON_LOW_CONFIDENCE "low-confidence"
#define FRAMES_REASON_DISAGREEMENT "disagreement"
#define FRAMES_REASON_CHECK_DIGIT "check-digit"
#define FRAMES_REASON_UNREADABLE "unreadable"
/* refused: this document never yields a number */
#define FRAMES_REASON_WRONG_SIDE "wrong-side"
#define FRAMES_REASON_WRONG_DOCUMENT "wrong-document"
#define FRAMES_REASON_NOTICE "individual-number-notice" /* 個人番号通知書: carries the number, proves nothing */
#define FRAMES_REASON_RESIDENT_RECORD "resident-record" /* 住民票: may hold several people's numbers */
#define FRAMES_REASON_INSURANCE_CARD "insurance-card"   /* 保険証, 資格確認書 */
#define FRAMES_REASON_APPLICATION_FORM "application-form" /* 個人番号カード交付申請書: its 申請書ID is no My Number */
#define FRAMES_REASON_BLANK "blank"
#define FRAMES_REASON_NO_CARD "no-card"
#define FRAMES_REASON_TWO_CARDS "two-cards"
#define FRAMES_REASON_SLEEVE "sleeve"
#define FRAMES_REASON_NO_NUMBER "no-number"
/* failed: the scanner or the picture */
#define FRAMES_REASON_NO_SCANNER "no-scanner"
#define FRAMES_REASON_BUSY "busy"
#define FRAMES_REASON_JAMMED "jammed"
#define FRAMES_REASON_COVER_OPEN "cover-open"
#define FRAMES_REASON_NO_PAPER "no-paper"
#define FRAMES_REASON_UNPLUGGED "unplugged"
#define FRAMES_REASON_DENIED "access-denied"
#define FRAMES_REASON_IO "scanner-io"
#define FRAMES_REASON_SHORT_PAGE "short-page"
#define FRAMES_REASON_CANCELLED "cancelled"
#define FRAMES_REASON_BAD_IMAGE "bad-image"     /* truncated, damaged, or no picture at all */
#define FRAMES_REASON_ABSURD_SIZE "absurd-size" /* 0 pixels, or more than the reader takes */
#define FRAMES_REASON_BAD_OPTION "bad-option"
#define FRAMES_REASON_CRASHED "reader-crashed" /* set by the client when the reader is gone */

#define FRAMES_DOCUMENT_CARD_BACK "my-number-card-back"
#define FRAMES_DOCUMENT_CARD_FRONT "my-number-card-front"
#define FRAMES_DOCUMENT_NOTIFICATION_CARD "notification-card"
#define FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK "notification-card-back"
#define FRAMES_DOCUMENT_NOTICE "individual-number-notice"
#define FRAMES_DOCUMENT_LICENCE "driving-licence"
#define FRAMES_DOCUMENT_SPECIAL_RESIDENCE_CARD "special-residence-card" /* 特定在留カード, 特定特別永住者証明書 */
#define FRAMES_DOCUMENT_RESIDENT_RECORD "resident-record"
#define FRAMES_DOCUMENT_INSURANCE_CARD "insurance-card"
#define FRAMES_DOCUMENT_APPLICATION_FORM "application-form"
#define FRAMES_DOCUMENT_OTHER "other"
#define FRAMES_DOCUMENT_BLANK "blank"
#define FRAMES_DOCUMENT_NONE "none"
