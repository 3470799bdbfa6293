"""Messages that the programs of a WarDragon kit really wrote, of an aircraft that does not exist.

Made by running, on values of our own: DragonSync ef69b25 (`parse_drone_info`, `MqttSink._drone_to_state`, `_signal_to_state`,
`_aircraft_to_state`, `publish_system`), the Python sniffer DroneID 8eb5078 (`decode` of a pack of five messages, from our encoder),
dji_receiver.py 40b6a78 (`parse_new_fw_line`, `format_as_zmq_json`) and wardragon-fpv-detect 511c63a (`build_alert_messages`).
"""

from __future__ import annotations

KIT_SAYS = {
    "blocks": (
        '[{"Basic ID":{"protocol_version":"F3411.22","id_type":"Serial Number (ANSI/CTA-2063-A)","ua_type":2,"id":"1581F6'
        'N8A23B2ML3Y3KR"},"MAC":"A0:B1:C2:D3:E4:F5","RSSI":-72},{"Location/Vector Message":{"protocol_version":"F3411.22"'
        ',"op_status":"Airborne","height_type":"Above Takeoff","ew_dir_segment":"West","speed_multiplier":"0.25","directi'
        'on":270,"speed":"12.25 m/s","vert_speed":"-1.5 m/s","latitude":"33.7500000","longitude":"-118.2000000","pressure'
        '_altitude":"95.5 m","geodetic_altitude":"20.0 m","height_agl":"31.5 m","vertical_accuracy":"<3 m","horizontal_ac'
        'curacy":"<10 m","baro_accuracy":">=150 m or Unknown","speed_accuracy":"<1 m/s","timestamp":"1 min 40.5 s","times'
        'tamp_accuracy":"0.1 s"},"MAC":"A0:B1:C2:D3:E4:F5","RSSI":-72},{"System Message":{"operator_location_type":"Dynam'
        'ic","classification_type":"Undeclared","latitude":33.71,"longitude":-118.1,"area_count":1,"area_radius":0,"area_'
        'ceiling":"Undefined","area_floor":"Undefined","ua_classification_category_type":"Undefined","ua_classification_c'
        'ategory_class":"Undefined","geodetic_altitude":"12.5 m","timestamp":"2026-05-29 12:01 UTC","timestamp_raw":23375'
        '5295,"protocol_version":"F3411.22"},"MAC":"A0:B1:C2:D3:E4:F5","RSSI":-72},{"Operator ID Message":{"protocol_vers'
        'ion":"F3411.22","operator_id_type":"Operator ID","operator_id":"FIN87astrdge12k8"},"MAC":"A0:B1:C2:D3:E4:F5","RS'
        'SI":-72},{"Self-ID Message":{"protocol_version":"F3411.22","text":"survey of the pier","text_type":"Text Descrip'
        'tion"},"MAC":"A0:B1:C2:D3:E4:F5","RSSI":-72}]'
    ),
    "drone": (
        '{"id":"drone-1581F6N8A23B2ML3Y3KR","description":"survey of the pier","rid_make":null,"rid_model":null,"rid_stat'
        'us":null,"rid_tracking":null,"rid_source":null,"rid_lookup_attempted":false,"rid_lookup_success":false,"lat":33.'
        '75,"lon":-118.2,"latitude":33.75,"longitude":-118.2,"gps_accuracy":0.0,"alt":20.0,"height":31.5,"pressure_altitu'
        'de":95.5,"speed":12.25,"vspeed":-1.5,"speed_multiplier":0.25,"direction":270.0,"rssi":-72.0,"pilot_lat":33.71,"p'
        'ilot_lon":-118.1,"home_lat":0.0,"home_lon":0.0,"mac":"A0:B1:C2:D3:E4:F5","id_type":"Serial Number (ANSI/CTA-2063'
        '-A)","ua_type":2,"ua_type_name":"Helicopter or Multirotor","caa_id":"","operator_id_type":"Operator ID","operato'
        'r_id":"FIN87astrdge12k8","op_status":"Airborne","height_type":"Above Takeoff","ew_dir":"West","timestamp":"1 min'
        ' 40.5 s","rid_timestamp":"1 min 40.5 s","observed_at":1780056101.0,"index":0,"runtime":0,"seen_by":"wardragon-G6'
        'PA14100J63","last_update_time":1780056101.0,"track_type":"drone","horizontal_accuracy":"<10 m","vertical_accurac'
        'y":"<3 m","baro_accuracy":">=150 m or Unknown","speed_accuracy":"<1 m/s","timestamp_accuracy":"0.1 s","freq":nul'
        'l,"freq_mhz":null,"transport":""}'
    ),
    "dji_blocks": (
        '[{"Basic ID":{"id_type":"Serial Number (ANSI/CTA-2063-A)","id":"F6Q8D244C00CL2KF","description":"DJI Mini 2 (O3)'
        '","RSSI":-67}},{"Location/Vector Message":{"latitude":33.75,"longitude":-118.2,"geodetic_altitude":20.0,"height_'
        'agl":31.5,"speed":5.0,"vert_speed":-1.5}},{"Self-ID Message":{"text":"DJI Mini 2 (O3)"}},{"System Message":{"lat'
        'itude":33.71,"longitude":-118.1,"home_lat":33.72,"home_lon":-118.15}},{"Frequency Message":{"frequency":5756.5}}'
        "]"
    ),
    "dji_drone": (
        '{"id":"drone-F6Q8D244C00CL2KF","description":"DJI Mini 2 (O3)","rid_make":null,"rid_model":null,"rid_status":nul'
        'l,"rid_tracking":null,"rid_source":null,"rid_lookup_attempted":false,"rid_lookup_success":false,"lat":33.75,"lon'
        '":-118.2,"latitude":33.75,"longitude":-118.2,"gps_accuracy":0.0,"alt":20.0,"height":31.5,"pressure_altitude":0.0'
        ',"speed":5.0,"vspeed":-1.5,"speed_multiplier":0.0,"direction":0.0,"rssi":-67.0,"pilot_lat":33.71,"pilot_lon":-11'
        '8.1,"home_lat":33.72,"home_lon":-118.15,"mac":"","id_type":"Serial Number (ANSI/CTA-2063-A)","ua_type":null,"ua_'
        'type_name":"Unknown","caa_id":"","operator_id_type":"","operator_id":"","op_status":"","height_type":"","ew_dir"'
        ':"","timestamp":"","rid_timestamp":"","observed_at":1780056101.0,"index":0,"runtime":0,"seen_by":"wardragon-G6PA'
        '14100J63","last_update_time":1780056101.0,"track_type":"drone","horizontal_accuracy":"","vertical_accuracy":"","'
        'baro_accuracy":"","speed_accuracy":"","timestamp_accuracy":"","freq":5756.5,"freq_mhz":5756.5,"transport":""}'
    ),
    "alert_blocks": (
        '[{"Basic ID":{"id_type":"Serial Number (ANSI/CTA-2063-A)","id":"drone-alert-15529374","description":"DJI Encrypt'
        'ed (O4)","RSSI":-67}},{"Location/Vector Message":{"latitude":33.76,"longitude":-118.21,"geodetic_altitude":0.0,"'
        'height_agl":0.0,"speed":0.0,"vert_speed":0.0}},{"Self-ID Message":{"text":"DJI Encrypted (O4) (alert)"}},{"Frequ'
        'ency Message":{"frequency":5756.5}}]'
    ),
    "alert_drone": (
        '{"id":"drone-alert-15529374","description":"DJI Encrypted (O4) (alert)","rid_make":null,"rid_model":null,"rid_st'
        'atus":null,"rid_tracking":null,"rid_source":null,"rid_lookup_attempted":false,"rid_lookup_success":false,"lat":3'
        '3.76,"lon":-118.21,"latitude":33.76,"longitude":-118.21,"gps_accuracy":0.0,"alt":0.0,"height":0.0,"pressure_alti'
        'tude":0.0,"speed":0.0,"vspeed":0.0,"speed_multiplier":0.0,"direction":0.0,"rssi":-67.0,"pilot_lat":0.0,"pilot_lo'
        'n":0.0,"home_lat":0.0,"home_lon":0.0,"mac":"","id_type":"Serial Number (ANSI/CTA-2063-A)","ua_type":null,"ua_typ'
        'e_name":"Unknown","caa_id":"","operator_id_type":"","operator_id":"","op_status":"","height_type":"","ew_dir":""'
        ',"timestamp":"","rid_timestamp":"","observed_at":1780056101.0,"index":0,"runtime":0,"seen_by":"wardragon-G6PA141'
        '00J63","last_update_time":1780056101.0,"track_type":"drone","horizontal_accuracy":"","vertical_accuracy":"","bar'
        'o_accuracy":"","speed_accuracy":"","timestamp_accuracy":"","freq":5756.5,"freq_mhz":5756.5,"transport":""}'
    ),
    "fpv_blocks": (
        '[{"Basic ID":{"id_type":"Serial Number (ANSI/CTA-2063-A)","id":"fpv-alert-5800.000MHz","description":"FPV Signal'
        '"}},{"Location/Vector Message":{"latitude":33.76,"longitude":-118.21,"geodetic_altitude":5.0,"height_agl":0.0,"s'
        'peed":0.0,"vert_speed":0.0}},{"Self-ID Message":{"text":"FPV alert (confirm)"}},{"Frequency Message":{"frequency'
        '":5800000000.0}},{"Signal Info":{"source":"confirm","center_hz":5800000000.0,"bandwidth_hz":6000000.0,"pal_conf"'
        ':85.5,"ntsc_conf":12.3,"rssi":-71.5}}]'
    ),
    "signal": (
        '{"uid":"fpv-alert-5800MHz","signal_type":"fpv","source":"confirm","callsign":"FPV confirm","description":"FPV Si'
        'gnal","center_hz":5800000000.0,"bandwidth_hz":6000000.0,"pal":85.5,"ntsc":12.3,"rssi":-71.5,"sensor_lat":33.76,"'
        'sensor_lon":-118.21,"sensor_alt":5.0,"lat":33.76005,"lon":-118.2101,"alt":5.0,"latitude":33.76005,"longitude":-1'
        '18.2101,"gps_accuracy":15.0,"radius_m":15.0,"seen_by":"wardragon-G6PA14100J63","observed_at":1780056101.0}'
    ),
    "aircraft": (
        '{"icao":"3C6444","callsign":"DLH123","registration":"","lat":33.7,"lon":-118.2,"latitude":33.7,"longitude":-118.'
        '2,"alt":5100.0,"altitude_ft":5100.0,"speed":120.0,"speed_kt":120.0,"track":90.5,"heading":90.5,"vertical_rate":-'
        '640.0,"squawk":"1000","category":"A3","on_ground":false,"nac_p":9.0,"nac_v":2.0,"rssi":-20.1,"seen_by":"wardrago'
        'n-G6PA14100J63","track_type":"aircraft"}'
    ),
    "monitor": (
        '{"timestamp":1780056050.25,"gps_data":{"latitude":33.76,"longitude":-118.21,"altitude":5.0,"speed":0.1,"track":"'
        'N/A","gps_fix":true,"time_utc":null,"time_source":"gpsd"},"serial_number":"G6PA14100J63","system_stats":{"cpu_us'
        'age":12.5,"memory":{"total":8000000000.0,"available":4000000000.0},"disk":{"total":100000000000.0,"used":2000000'
        '0000.0},"temperature":51.0,"uptime":3600.5},"ant_sdr_temps":{"pluto_temp":"N/A","zynq_temp":45.2}}'
    ),
    "system": (
        '{"id":"wardragon-G6PA14100J63","latitude":33.76,"longitude":-118.21,"hae":5.0,"cpu_usage":12.5,"memory_total_mb"'
        ':7629.4,"memory_available_mb":3814.7,"disk_total_mb":95367.4,"disk_used_mb":19073.5,"temperature_c":51.0,"uptime'
        '_s":3600.5,"pluto_temp_c":null,"zynq_temp_c":45.2,"speed_mps":0.1,"track_deg":0.0,"gps_fix":true,"time_source":"'
        'gpsd","gpsd_time_utc":null,"updated":1780056050}'
    ),
}
