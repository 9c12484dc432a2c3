import ArgumentParser

struct Codec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn sound into codes and codes into sound.",
        subcommands: [CodecEncode.self, CodecDecode.self])
}
