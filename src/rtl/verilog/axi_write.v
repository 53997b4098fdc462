// axi_write: the output channel of the accelerator as an AXI4 write master.
// A line is WORDS words of 2^LOG_WORD bytes from any word on, of which a mask says which are written.
`default_nettype none

module axi_write #(
    parameter WORDS    = 8,
    parameter BITS     = 8,
    parameter LOG_WORD = 0,
    parameter LOG_BEAT = 3,
    parameter ADDR     = 64,
    parameter BURST    = 16
) (
    input  wire                     clk,
    input  wire                     rst,
    input  wire [ADDR-1:0]          base,
    // accelerator
    input  wire                     line_valid,
    output wire                     line_ready,
    input  wire [31:0]              line_addr,
    input  wire [WORDS-1:0]         line_mask,
    input  wire [WORDS*BITS-1:0]    line_data,
    // AXI4
    output wire                     awvalid,
    input  wire                     awready,
    output wire [ADDR-1:0]          awaddr,
    output wire [7:0]               awlen,
    output wire                     wvalid,
    input  wire                     wready,
    output wire [(8<<LOG_BEAT)-1:0] wdata,
    output wire [(1<<LOG_BEAT)-1:0] wstrb,
    output wire                     wlast,
    input  wire                     bvalid,
    output wire                     bready,
    input  wire [1:0]               bresp,
    // something is not yet where it belongs
    output wire                     busy,
    output wire                     fault
);
  localparam BEAT  = 1 << LOG_BEAT;
  localparam WIDTH = 8 << LOG_BEAT;
  localparam BYTES = WORDS << LOG_WORD;
  localparam BEATS = (BYTES + BEAT - 2) / BEAT + 1;
  localparam WORD  = 8 << LOG_WORD;
  // Beats that wait: those of two whole bursts.
  localparam LOG_BEATS  = $clog2(2 * BURST);
  localparam LOG_BURSTS = 3;

  // ---------------------------------------------------------------------------
  // Lines to beats
  // ---------------------------------------------------------------------------
  wire [ADDR-1:0]        byte_addr = base + ({{(ADDR - 32){1'b0}}, line_addr} << LOG_WORD);
  wire [LOG_BEAT-1:0]    offset    = byte_addr[LOG_BEAT-1:0];
  wire [BEATS*WIDTH-1:0] line_bits;
  wire [BEATS*BEAT-1:0]  line_bytes;
  wire                   unused    = &{1'b0, bresp[0]};

  genvar w;
  generate
    for (w = 0; w < WORDS; w = w + 1) begin : g_word
      if (WORD == BITS) begin : g_full
        assign line_bits[w*WORD +: WORD] = line_data[w*BITS +: BITS];
      end else begin : g_signed
        assign line_bits[w*WORD +: WORD] = {{(WORD - BITS){line_data[w*BITS+BITS-1]}}, line_data[w*BITS +: BITS]};
      end
      assign line_bytes[w*(1<<LOG_WORD) +: 1<<LOG_WORD] = {(1 << LOG_WORD){line_mask[w]}};
    end
    if (BEATS * BEAT > BYTES) begin : g_rest
      assign line_bits[BEATS*WIDTH-1:BYTES*8] = {(BEATS * WIDTH - BYTES * 8){1'b0}};
      assign line_bytes[BEATS*BEAT-1:BYTES]   = {(BEATS * BEAT - BYTES){1'b0}};
    end
  endgenerate

  reg  [BEATS*WIDTH-1:0] window;
  reg  [BEATS*BEAT-1:0]  bytes;
  reg  [ADDR-1:0]        beat_addr;
  wire [BEATS*BEAT-1:0]  bytes_left = bytes >> BEAT;
  wire                   have  = bytes != {(BEATS * BEAT){1'b0}};
  wire                   last  = bytes_left == {(BEATS * BEAT){1'b0}};
  wire                   room, beat_ready;
  wire                   put   = have && room && beat_ready;
  wire                   take  = line_valid && line_ready;

  assign line_ready = !have || (put && last);

  always @(posedge clk) begin
    if (rst) bytes <= {(BEATS * BEAT){1'b0}};
    else if (take) bytes <= line_bytes << offset;
    else if (put) bytes <= bytes_left;
  end

  always @(posedge clk) begin
    if (take) begin
      window    <= line_bits << {offset, 3'd0};
      beat_addr <= {byte_addr[ADDR-1:LOG_BEAT], {LOG_BEAT{1'b0}}};
    end else if (put) begin
      window    <= window >> WIDTH;
      beat_addr <= beat_addr + ({{(ADDR - 1){1'b0}}, 1'b1} << LOG_BEAT);
    end
  end

  // ---------------------------------------------------------------------------
  // Beats to bursts: a burst is offered with all its beats, address and data independent of each other
  // ---------------------------------------------------------------------------
  wire            burst_valid, bursts_busy, address_room, length_room;
  wire [ADDR-1:0] burst_addr;
  wire [7:0]      burst_len, len;
  reg  [7:0]      unanswered;
  wire            burst_ready = address_room && length_room && unanswered != 8'hff;
  wire            burst       = burst_valid && burst_ready;
  wire            some_beat, some_length;
  reg  [7:0]      sent;
  wire            beat        = wvalid && wready;

  axi_bursts #(
      .ADDR     (ADDR),
      .LOG_BEAT (LOG_BEAT),
      .BURST    (BURST)
  ) u_bursts (
      .clk         (clk),
      .rst         (rst),
      .beat_valid  (have && room),
      .beat_ready  (beat_ready),
      .beat_addr   (beat_addr),
      .burst_valid (burst_valid),
      .burst_ready (burst_ready),
      .burst_addr  (burst_addr),
      .burst_len   (burst_len),
      .busy        (bursts_busy)
  );

  axi_fifo #(
      .WIDTH (WIDTH + BEAT),
      .LOG   (LOG_BEATS)
  ) u_beats (
      .clk      (clk),
      .rst      (rst),
      .put      (put),
      .put_data ({bytes[BEAT-1:0], window[WIDTH-1:0]}),
      .room     (room),
      .take     (beat),
      .oldest   ({wstrb, wdata}),
      .some     (some_beat)
  );

  axi_fifo #(
      .WIDTH (ADDR + 8),
      .LOG   (LOG_BURSTS)
  ) u_addresses (
      .clk      (clk),
      .rst      (rst),
      .put      (burst),
      .put_data ({burst_addr, burst_len}),
      .room     (address_room),
      .take     (awvalid && awready),
      .oldest   ({awaddr, awlen}),
      .some     (awvalid)
  );

  axi_fifo #(
      .WIDTH (8),
      .LOG   (LOG_BURSTS)
  ) u_lengths (
      .clk      (clk),
      .rst      (rst),
      .put      (burst),
      .put_data (burst_len),
      .room     (length_room),
      .take     (beat && wlast),
      .oldest   (len),
      .some     (some_length)
  );

  assign wvalid = some_length && some_beat;
  assign wlast  = sent == len;

  always @(posedge clk) begin
    if (rst) sent <= 8'd0;
    else if (beat) sent <= wlast ? 8'd0 : sent + 8'd1;
  end

  // ---------------------------------------------------------------------------
  // Answers
  // ---------------------------------------------------------------------------
  assign bready = 1'b1;
  assign fault  = bvalid && bresp[1];
  assign busy   = have || bursts_busy || unanswered != 8'd0;

  always @(posedge clk) begin
    if (rst) unanswered <= 8'd0;
    else if (burst && !bvalid) unanswered <= unanswered + 8'd1;
    else if (!burst && bvalid) unanswered <= unanswered - 8'd1;
  end
endmodule

`default_nettype wire
