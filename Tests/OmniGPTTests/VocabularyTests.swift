import OmniCore
import OmniTesting
import Testing

@testable import OmniGPT

/// Ids, rows and prompts of the released model, as the reference's helpers make them.
@Suite struct VocabularyTests {
    private let layout = OmniGPT.Configuration.miniOmni.vocabulary

    @Test func constants() throws {
        let golden = try HelperGoldens.load().constants
        let special = try SpecialTokens(layout)
        #expect(Int32(layout.textCount) == golden["padded_text_vocabsize"])
        #expect(Int32(layout.audioCount) == golden["padded_audio_vocabsize"])
        #expect(special.textBase == golden["text_vocabsize"])
        #expect(special.audioBase == golden["audio_vocabsize"])
        #expect(Int32(SpecialTokens.reservedCount) == golden["text_specialtokens"])
        #expect(Int32(SpecialTokens.reservedCount) == golden["audio_specialtokens"])
        #expect(special.textEnd == golden["_eot"])
        #expect(special.textPad == golden["_pad_t"])
        #expect(special.textInput == golden["_input_t"])
        #expect(special.textAnswer == golden["_answer_t"])
        #expect(special.textTranscription == golden["_asr"])
        #expect(special.audioEnd == golden["_eoa"])
        #expect(special.audioPad == golden["_pad_a"])
        #expect(special.audioInput == golden["_input_a"])
        #expect(special.audioAnswer == golden["_answer_a"])
        #expect(special.audioSplit == golden["_split"])
    }

    @Test func layerShift() throws {
        let shifts = try HelperGoldens.load().layershift.filter { $0.layer < 7 }
        #expect(shifts.count >= 45)
        for shift in shifts {
            let layout = VocabularyLayout(
                textCount: shift.shift ?? layout.textCount, audioCount: shift.stride ?? layout.audioCount)
            #expect(layout.row(ofAudio: shift.id, stream: shift.layer) == shift.out)
        }
        #expect(layout.row(ofText: 151_999) == 151_999)
        #expect(layout.rowCount == 181_120)
        #expect(layout.row(ofAudio: 4_159, stream: 6) == layout.rowCount - 1)
    }

    /// No two tokens share a row, and no row is left over.
    @Test func rowsAreABijection() {
        let small = VocabularyLayout(textCount: 13, audioCount: 5)
        var rows = (0..<13).map { small.row(ofText: $0) }
        for stream in 0..<7 { rows += (0..<5).map { small.row(ofAudio: $0, stream: stream) } }
        #expect(rows == Array(0..<small.rowCount))
    }

    private func rows(_ prompt: Prompt) -> [[Int32]] {
        (0..<8).map { stream in
            prompt.positions.map { position in
                Int32(
                    stream < 7
                        ? layout.row(ofAudio: position[audio: stream], stream: stream)
                        : layout.row(ofText: position.text))
            }
        }
    }

    @Test func writtenQuestions() throws {
        let golden = try HelperGoldens.load()
        let special = try SpecialTokens(layout)
        let text = [72, 105, 33].map { TokenID($0) }
        #expect(rows(Prompt(text: text, mode: .textToSpeech, special)) == golden.get_input_ids_TA.map { $0[0] })
        #expect(rows(Prompt(text: text, mode: .textToText, special)) == golden.get_input_ids_TT.map { $0[0] })
    }

    @Test func spokenQuestions() throws {
        let golden = try HelperGoldens.load()
        let special = try SpecialTokens(layout)
        #expect(golden.get_input_ids_whisper.contains { $0.leng == 0 })
        for spoken in golden.get_input_ids_whisper {
            // A length beyond the context is cut to the features that there are.
            let featureCount = spoken.feat_shape[1]
            #expect(featureCount == min(spoken.leng, 1500))
            let prompt = Prompt(featureCount: featureCount, mode: .speechToSpeech, special)
            #expect(prompt.positions.count == spoken.ids_shape[1])
            #expect(prompt.featurePositions == 1..<1 + featureCount)
            guard let ids = spoken.ids, let batchIDs = spoken.batch_ids else { continue }
            #expect(rows(prompt) == ids.map { $0[0] })
            let batch = Prompt(featureCount: featureCount, mode: .speechToSpeechBatch, special)
            #expect(rows(batch) == batchIDs.map { $0[0] })
            let textRow = Prompt(featureCount: featureCount, mode: .speechToText, special)
            #expect(rows(textRow) == batchIDs.map { $0[1] })
            #expect(textRow.positions.last == Prompt.lastPositionOfTextRow(special))
            #expect(textRow.positions.dropLast() == batch.positions.dropLast())
        }
        let transcription = Prompt(featureCount: 2, mode: .transcription, special)
        #expect(rows(transcription) == golden.asr_prompt_leng2.map { $0[0] })
        let answer = Prompt(featureCount: 2, mode: .speechToText, special)
        #expect(rows(answer) == golden.A1T2_prompt_leng2.map { $0[0] })
    }

    @Test(arguments: [(64, 128), (128, 64), (24, 8)])
    func vocabulariesWithoutRoomForSpecialTokens(text: Int, audio: Int) {
        #expect(throws: OmniGPTError.noSpecialTokens(textVocabularyCount: text, audioVocabularyCount: audio)) {
            try SpecialTokens(VocabularyLayout(textCount: text, audioCount: audio))
        }
    }
}
