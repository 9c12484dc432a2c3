/// What "python -m nano.recognise" understood of the spoken answers.
struct RecognisedWords: Decodable {
    let right: Int
    let count: Int

    var score: ExaminationScore {
        ExaminationScore(name: "words of spoken answers understood", unit: .words, hits: right, count: count)
    }
}
