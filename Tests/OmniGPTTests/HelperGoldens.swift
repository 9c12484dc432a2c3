import TestSupport

/// The reference's helper functions, with what they return.
struct HelperGoldens: Decodable, Sendable {
    struct Shift: Decodable, Sendable {
        let id: Int32
        let layer: Int
        let out: Int
        /// Other extents than the released ones: audio tokens of a stream, and text tokens.
        let stride: Int?
        let shift: Int?
    }

    /// An entry of the reference's flat lists: a mark before each frame, and codes.
    enum Entry: Decodable, Sendable, Hashable {
        case mark
        case code(Int32)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            self = (try? value.decode(Int32.self)).map(Entry.code) ?? .mark
        }
    }

    struct Reconstruction: Decodable, Sendable {
        let n: Int
        let lists: [[Int32]]
        let flat: [Entry]
    }

    struct Window: Decodable, Sendable {
        let index: Int
        let nums_generate: Int
        let lists: [[Int32]]
        let out: [Entry]
    }

    struct SpokenPrompt: Decodable, Sendable {
        let leng: Int
        // Long ones are only known by their extents.
        let ids: [[[Int32]]]?
        let batch_ids: [[[Int32]]]?
        let ids_shape: [Int]
        let feat_shape: [Int]
    }

    let constants: [String: Int32]
    let layershift: [Shift]
    let reconscruct_snac_then_reconstruct_tensors: [Reconstruction]
    let get_snac: [Window]
    let get_input_ids_TA: [[[Int32]]]
    let get_input_ids_TT: [[[Int32]]]
    let get_input_ids_whisper: [SpokenPrompt]
    let asr_prompt_leng2: [[[Int32]]]
    let A1T2_prompt_leng2: [[[Int32]]]

    static func load() throws -> HelperGoldens { try Fixture.json("helpers/helpers.json") }
}
