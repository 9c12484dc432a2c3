import Foundation
import OmniCore
import OmniTensor
import TestSupport
import Testing

@testable import OmniGPT

/// The small golden model, opened once for each engine.
enum GoldenModel {
    static func load(_ engine: Engine) throws -> OmniGPT {
        if let model = models[engine] { return try model.get() }
        return try open(engine)
    }

    private static let models = Dictionary(
        uniqueKeysWithValues: Engine.allCases.map { engine in (engine, Result { try open(engine) }) })

    private static func open(_ engine: Engine) throws -> OmniGPT {
        try OmniGPT.load(
            weights: Fixture.url("tiny/checkpoint/lit_model.pth"),
            configuration: Fixture.url("tiny/checkpoint/model_config.yaml"), engine: engine.value)
    }

    /// What the golden encoder heard of a clip, `[L, F]`.
    static func features(_ clip: String) throws -> Tensor<Float> {
        try Checkpoint(contentsOf: Fixture.url("tiny/whisper.safetensors")).floats(clip + ".encoder")
    }
}

/// One golden run: a prompt, and what was chosen.
struct GoldenRun: Decodable, CustomTestStringConvertible, Sendable {
    let id: String
    let mode: String
    let src: String
    let tokens: [[Int32]]
    let stoppedBy: String

    var testDescription: String { "\(id) \(mode)" }

    enum CodingKeys: String, CodingKey {
        case id, mode, src, tokens
        case stoppedBy = "stopped_by"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        mode = try values.decode(String.self, forKey: .mode)
        src = try values.decode(String.self, forKey: .src)
        stoppedBy = try values.decode(String.self, forKey: .stoppedBy)
        // Text-only modes return one list.
        if let streams = try? values.decode([[Int32]].self, forKey: .tokens) {
            tokens = streams
        } else {
            tokens = Array(repeating: [], count: 7) + [try values.decode([Int32].self, forKey: .tokens)]
        }
    }

    static let all: [GoldenRun] = {
        let runs = try? Fixture.json("tiny/gpt_streams.json", as: [String: GoldenRun].self)
        return (runs ?? [:]).values.sorted { $0.id < $1.id }
    }()

    var replyMode: ReplyMode { get throws { try #require(ReplyMode(rawValue: mode.lowercased())) } }

    /// The question as the golden run was asked it: features, or the ids between the marks of its prompt.
    func question() throws -> Question<Tensor<Float>> {
        guard try !replyMode.listens else { return .speech(try GoldenModel.features(src)) }
        let text = try #require(GoldenPrompt.all[id]).ids[7][0]
        return .text(text.dropFirst().dropLast(2).map { TokenID(rawValue: $0) })
    }
}

/// A golden prompt, rows of the shared table: `[streams][rows][positions]`.
struct GoldenPrompt: Decodable, Sendable {
    let ids: [[[Int32]]]

    static let all = (try? Fixture.json("tiny/gpt_prompts.json", as: [String: GoldenPrompt].self)) ?? [:]

    /// The positions of a row, unshifted.
    func positions(row: Int, _ layout: VocabularyLayout) -> [PositionTokens] {
        PositionTokens.unshifted(ids.map { $0[row] }, layout)
    }
}

extension PositionTokens {
    /// Rows of the shared table `[8][T]` as tokens.
    static func unshifted(_ rows: [[Int32]], _ layout: VocabularyLayout) -> [PositionTokens] {
        rows[7].indices.map { position in
            PositionTokens(
                (0..<8).map { stream in
                    guard stream < 7 else { return rows[7][position] }
                    return rows[stream][position] - Int32(layout.row(ofAudio: 0, stream: stream))
                })
        }
    }
}
