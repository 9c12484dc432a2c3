import NIOCore
import NIOHTTP1

/// Takes the place of HTTP's decoder and encoder when a request was answered with 101: from then on the bytes that come
/// are the request's body, and the body of the response is what is sent, as it is.
final class TunnelCodec: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(Self.wrapInboundOut(.body(Self.unwrapInboundIn(data))))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .body(.byteBuffer(let bytes)): context.write(Self.wrapOutboundOut(bytes), promise: promise)
        default: context.write(Self.wrapOutboundOut(ByteBuffer()), promise: promise)
        }
    }
}
